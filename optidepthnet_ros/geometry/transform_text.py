# SPDX-License-Identifier: Apache-2.0
"""A rigid transform as text. Imports nothing, because launch files use it."""

import math

FORM = 'x y z qx qy qz qw'


def parse_transform(name: str, text: str) -> tuple[float, ...] | None:
    """Return the seven numbers of a transform, None if the text is empty.

    :param name: name of the parameter or option
    :raises ValueError: not a transform; the message names the parameter, its value and the form
    """
    if not text.strip():
        return None
    try:
        values = tuple(float(item) for item in text.replace(',', ' ').split())
    except ValueError:
        values = ()
    if (
        len(values) != 7
        or not all(map(math.isfinite, values))
        or not abs(sum(value * value for value in values[3:]) - 1) < 0.01
    ):
        raise ValueError(
            f"{name} is '{text}', but must be '{FORM}': metres and a quaternion of length 1, the pose of the sensor in "
            "the camera's optical frame"
        )
    return values
