# SPDX-License-Identifier: Apache-2.0
"""Loads checkpoints for the depth node: the first one while the node waits, others beside the one in use."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rclpy.impl.rcutils_logger import RcutilsLogger

from optidepthnet_ros.checkpoints.licence import is_non_commercial
from optidepthnet_ros.ros.depth_node.model_choice import ModelChoice
from optidepthnet_ros.ros.depth_node.parameters import Parameters
from optidepthnet_ros.ros.support.reason import reason_of

if TYPE_CHECKING:  # importing it takes seconds
    from optidepthnet_ros.inference.estimator import Estimator


@dataclass(frozen=True)
class Loaded:
    """Result of loading a model beside the one in use.

    :param wanted: the requested model
    :param used: the model in use now; not ``wanted`` if that was rejected
    :param estimator: the estimator in use now
    """

    wanted: ModelChoice
    used: ModelChoice
    estimator: 'Estimator'


class ModelLoader:
    """Keeps the model in use, the one that is being loaded, and the reason why the last one was rejected.

    :param log: the node's logger
    """

    def __init__(self, log: RcutilsLogger):
        self.estimator: Estimator | None = None
        self.used: ModelChoice | None = None  # the choice for which the estimator was loaded
        self.loading = False
        self.problem = ''  # with the model that was requested last
        self._log = log
        self._lock = threading.Lock()
        self.wanted: ModelChoice | None = None  # the model in use, or the one that is to replace it
        self._thread: threading.Thread | None = None
        self._warned = False

    def load(self, parameters: Parameters) -> 'Estimator':
        """Load the checkpoint that the parameters select, with their settings, and use it.

        :raises Exception: anything that is wrong with the checkpoint or the installation
        """
        self.loading, self.wanted = True, parameters.model
        try:
            self.estimator = self._load(parameters.model, parameters)
        except Exception as error:
            self.problem = reason_of(error)
            raise
        finally:
            self.loading = False
        self.used, self.problem = parameters.model, ''
        return self.estimator

    def load_beside(self, parameters: Parameters, done: Callable[[Loaded], None]) -> None:
        """Load in a thread while another model is in use, and call ``done`` there; the last call wins."""
        with self._lock:
            self.wanted = parameters.model
            if self._thread is None:
                self.loading = True
                self._thread = threading.Thread(target=self._follow, args=(parameters, done), name='model_loader')
                self._thread.start()

    def with_used(self, parameters: Parameters) -> Parameters:
        """Return the parameters with the model in use instead of the one that is requested."""
        return parameters if self.used is None else replace(parameters, **vars(self.used))

    def unload(self) -> None:
        """Forget everything; wait for the loading thread and its ``done``, and do not use what it loads."""
        with self._lock:
            thread, self.wanted = self._thread, None
        if thread is not None:
            thread.join()
        self.estimator = self.used = None

    def _follow(self, parameters: Parameters, done: Callable[[Loaded], None]) -> None:
        """Load the wanted model, until no other model is wanted afterwards."""
        while True:
            model, estimator, problem = self.wanted, None, ''
            try:
                if model is not None:  # None: the node was cleaned up meanwhile
                    estimator = self._load(model, parameters)
            except Exception as error:
                problem = reason_of(error)
            with self._lock:
                if self.wanted is None:
                    self._end()
                    return
                if model is None or self.wanted != model:
                    continue
                loaded = self._settle(model, estimator, problem)
            done(loaded)
            with self._lock:
                if self.wanted in (loaded.used, None):
                    self._end()
                    return

    def _end(self) -> None:
        self._thread, self.loading = None, False

    def _settle(self, model: ModelChoice, estimator: 'Estimator | None', problem: str) -> Loaded:
        self.problem = problem
        if estimator is not None:
            self.estimator, self.used = estimator, model
        assert self.estimator is not None and self.used is not None  # something is always in use here
        if estimator is None:
            self.wanted = self.used
            self._log.error(f'continues with {self.estimator.name}, sha256 {self.estimator.digest[:12]}: {problem}')
        return Loaded(model, self.used, self.estimator)

    def _load(self, model: ModelChoice, parameters: Parameters) -> 'Estimator':
        from optidepthnet_ros.inference import open_estimator

        path = model.resolve()
        self._log.info(f'loading {model.name}')
        estimator = open_estimator(path, parameters.threads or None, parameters.runtime)
        self._log.info(
            f'loaded {estimator.name} from {path}, sha256 {estimator.digest[:12]}; runs on {estimator.runtime}'
        )
        self._tell_limits(model, estimator.licence)
        return estimator

    def _tell_limits(self, model: ModelChoice, licence: str) -> None:
        if is_non_commercial(licence):
            self._log.info(f'the weights are not for commercial use: their licence is {licence}')
        if model.warning and not self._warned:
            self._warned = True
            self._log.warning(model.warning)
