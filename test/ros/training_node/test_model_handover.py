# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

from rcl_interfaces.srv import SetParametersAtomically
from rclpy.executors import SingleThreadedExecutor

from optidepthnet_ros.ros.training_node.model_handover import ModelHandover


def test_a_depth_node_is_asked_until_it_answers(bare_node):
    requests = []

    def accept(request, response):
        requests.append({parameter.name: parameter.value.string_value for parameter in request.parameters})
        response.result.successful = True
        return response

    bare_node.create_service(SetParametersAtomically, 'camera/set_parameters_atomically', accept)
    executor = SingleThreadedExecutor(context=bare_node.context)
    executor.add_node(bare_node)
    handover = ModelHandover(bare_node)
    handover.hand_over(Path('/new.safetensors'), 'camera')
    assert bare_node.create_client(SetParametersAtomically, 'camera/set_parameters_atomically').wait_for_service(60)
    for _ in range(20):  # no node answers, because none is spun
        handover.poll()
    assert handover.answer == 'camera has not answered yet'
    while 'accepts /new.safetensors' not in handover.answer:
        executor.spin_once(timeout_sec=60)
    assert requests[0] == {'checkpoint': '/new.safetensors', 'place': ''}
    while len(requests) < 4:  # every sixth poll sends a request
        executor.spin_once(timeout_sec=60)
    for _ in range(20):
        handover.poll()
        executor.spin_once(timeout_sec=0)
    assert len(requests) == 4
    executor.shutdown()
