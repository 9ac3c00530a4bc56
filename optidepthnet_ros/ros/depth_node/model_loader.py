"""Loads checkpoints for the depth node: the first one while it waits, others beside the one in work."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from optidepthnet_ros.ros.depth_node.parameters import Parameters
from optidepthnet_ros.ros.support.reason import reason_of

if TYPE_CHECKING:  # importing it takes seconds
    from optidepthnet_ros.inference import DepthEstimator


class ModelLoader:
    """Knows the model in use, the one that is being loaded, and why the last one was refused.

    :param log: the node's logger
    """

    def __init__(self, log):
        self.estimator: DepthEstimator | None = None
        self.checkpoint = ''  # of the estimator, as the parameter named it
        self.loading = False
        self.problem = ''  # of the last one that was asked for
        self._log = log
        self._lock = threading.Lock()
        self.wanted: str | None = None  # the checkpoint that is in use or to be; None: none
        self._thread = None

    def load(self, parameters: Parameters) -> 'DepthEstimator':
        """Load the checkpoint that the parameters name, as they want it to run, and use it.

        :raises Exception: whatever is wrong with it or with the installation
        """
        self.loading, self.wanted = True, parameters.checkpoint
        try:
            self.estimator = self._load(parameters.checkpoint, parameters)
        except Exception as error:
            self.problem = reason_of(error)
            raise
        finally:
            self.loading = False
        self.checkpoint, self.problem = parameters.checkpoint, ''
        return self.estimator

    def load_beside(self, parameters: Parameters, done: Callable[[], None]) -> None:
        """Load in a thread, and call ``done`` there when another model is in use or was refused; the last call wins."""
        with self._lock:
            self.wanted = parameters.checkpoint
            if self._thread is None:
                self.loading = True
                self._thread = threading.Thread(target=self._follow, args=(parameters, done), name='model_loader')
                self._thread.start()

    def unload(self) -> None:
        """Forget everything; a thread that loads is waited for, and what it loads is not used."""
        with self._lock:
            thread, self.wanted = self._thread, None
        if thread is not None:
            thread.join()
        self.estimator, self.checkpoint = None, ''

    def _follow(self, parameters, done):
        """Load what is wanted, until nothing else is wanted when that is done."""
        while True:
            checkpoint = self.wanted
            try:
                estimator, problem = self._load(checkpoint, parameters), ''
            except Exception as error:
                estimator, problem = None, reason_of(error)
            with self._lock:
                if self.wanted not in (checkpoint, None):
                    continue
                self._thread, self.loading = None, False
                if self.wanted is None:
                    return
                self._settle(checkpoint, estimator, problem)
            done()
            return

    def _settle(self, checkpoint, estimator, problem):
        self.problem = problem
        if estimator is not None:
            self.estimator, self.checkpoint = estimator, checkpoint
        else:
            self.wanted = self.checkpoint
            self._log.error(f'goes on with {self.estimator.name}, sha256 {self.estimator.digest[:12]}: {problem}')

    def _load(self, checkpoint, parameters):
        from optidepthnet_ros.checkpoints.models import DEFAULT_MODEL, resolve_checkpoint
        from optidepthnet_ros.inference import DepthEstimator

        path = resolve_checkpoint(checkpoint or DEFAULT_MODEL)
        estimator = DepthEstimator.from_file(
            path, parameters.threads or None, parameters.runtime, parameters.output_stride
        )
        self._log.info(
            f'loaded {estimator.name} from {path}, sha256 {estimator.digest[:12]}; runs on {estimator.runtime}'
        )
        return estimator
