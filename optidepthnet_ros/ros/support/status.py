"""One line of diagnostics, and its levels. Knows no ROS."""

from dataclasses import dataclass, field

OK, WARN, ERROR = range(3)  # as in diagnostic_msgs/DiagnosticStatus


@dataclass(frozen=True)
class Status:
    """One line of diagnostics.

    :param values: what else to show, formatted by ``str``
    """

    name: str
    level: int
    message: str
    values: dict[str, object] = field(default_factory=dict)
