# SPDX-License-Identifier: Apache-2.0
"""The robot's side of the topics: a camera that publishes frames, and the subscribers of the depth node."""

import math
import time

import cv2
import numpy as np
import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState, GetState
from process import TIMEOUT
from rcl_interfaces.srv import GetParameters, SetParameters
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter, parameter_value_to_python
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CameraInfo, CompressedImage, Image, PointCloud2
from std_srvs.srv import Trigger

WIDTH, HEIGHT = 64, 48
ASK_AGAIN = 5  # seconds


class Robot:
    """Publishes image and camera_info, and stores the messages of the topics to which it subscribes.

    :param namespace: namespace of the node and of the robot's topics
    """

    def __init__(self, domain_id, namespace=''):
        self._target = f'{namespace}/depth_node'
        self._context = rclpy.Context()
        rclpy.init(context=self._context, domain_id=domain_id)
        self._node = rclpy.create_node('robot', namespace=namespace, context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)
        self._images = self._node.create_publisher(Image, 'image', 10)
        self._infos = self._node.create_publisher(CameraInfo, 'camera_info', 10)
        self._compressed = self._node.create_publisher(CompressedImage, 'image/compressed', 10)
        self._clock = self._node.create_publisher(Clock, '/clock', 10)
        self._others = {}
        self._diagnostics = []
        self._node.create_subscription(DiagnosticArray, '/diagnostics', self._diagnostics.append, 10)
        self._random = np.random.default_rng(0)
        self.stamp = 0  # seconds, of the last published frame

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._executor.shutdown()
        self._node.destroy_node()
        rclpy.shutdown(context=self._context)

    def listen(self, message_type, topic, profile=10):
        """Subscribe to a topic; return a list to which its messages are appended."""
        messages = []
        self._node.create_subscription(message_type, topic, messages.append, profile)
        return messages

    def status(self, name):
        """Wait for a diagnostic status of this name; return level, message and values of the newest one."""
        full_name = f'{self._target}: {name}'.lstrip('/')
        found = []

        def newest():
            found[:] = [status for array in self._diagnostics for status in array.status if status.name == full_name]
            return found

        self.wait_until(newest)
        return found[-1].level[0], found[-1].message, {pair.key: pair.value for pair in found[-1].values}

    def next_status(self, name, meanwhile=lambda: None):
        """Return the same of diagnostics that are received from now on."""
        self._diagnostics.clear()
        self.wait_until(lambda: self._diagnostics, meanwhile)
        return self.status(name)

    def wait_for_status(self, name, level, text, meanwhile=lambda: None):
        """Wait until the status has this level and its message contains this text; return its values."""
        seen = []

        def fits():
            seen.append(self.next_status(name, meanwhile))
            return seen[-1][0] == level and text in seen[-1][1]

        try:
            self.wait_until(fits, meanwhile)
        except AssertionError:
            raise AssertionError(f'{name} never was {level}, {text!r}, but last {seen[-1:]}') from None
        return seen[-1][2]

    def listen_to_depth(self):
        """Return the lists of depth images, their calibrations, clouds and previews."""
        return (
            self.listen(Image, 'depth/image_rect'),
            self.listen(CameraInfo, 'depth/camera_info'),
            self.listen(PointCloud2, 'depth/points'),
            self.listen(Image, 'depth/preview'),
        )

    def publish_info(self, fx=60.0, width=WIDTH, height=HEIGHT, **changes):
        """Publish a calibration with a field of view that the untrained checkpoint accepts; fx 0 gives an empty one."""
        info = CameraInfo(width=width, height=height)
        info.header.frame_id = changes.pop('frame_id', '')
        if changes.pop('stamped', False):  # like the next frame
            info.header.stamp.sec = self.stamp + 1
        if fx:
            info.p = [fx, 0.0, width / 2, 0.0, 0.0, 60.0, height / 2, 0.0, 0.0, 0.0, 1.0, 0.0]
        for name, value in changes.items():
            setattr(info, name, value)
        self._infos.publish(info)

    def publish_frame(self, width=WIDTH, height=HEIGHT, encoding='bgr8'):
        """Publish random pixels, with a stamp one second after that of the previous frame."""
        self.stamp += 1
        pixels = self._random.integers(0, 256, (height, width, 3), np.uint8)
        image = Image(width=width, height=height, encoding=encoding, step=3 * width, data=pixels.tobytes())
        image.header.stamp.sec = self.stamp
        image.header.frame_id = f'camera{self.stamp % 3}'
        self._images.publish(image)

    def publish_image(self, image):
        """Publish this image."""
        self._images.publish(image)

    def publish_compressed(self, suffix='.png', data=None):
        """Publish random pixels as a compressed image, or other data."""
        self.stamp += 1
        if data is None:
            data = cv2.imencode(suffix, self._random.integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8))[1].tobytes()
        image = CompressedImage(format=f'bgr8; {suffix[1:]} compressed', data=data)
        image.header.stamp.sec = self.stamp
        self._compressed.publish(image)

    def publish_message(self, topic, message):
        """Publish any message; the topic's publisher is created at its first use."""
        if topic not in self._others:
            self._others[topic] = self._node.create_publisher(type(message), topic, 10)
        self._others[topic].publish(message)

    def publish_clock(self, seconds):
        """Publish the time."""
        clock = Clock()
        clock.clock.sec = seconds
        self._clock.publish(clock)

    def publish(self, info, image):
        """Publish a calibration and an image, as a driver does."""
        self._images.publish(image)
        self._infos.publish(info)

    def wait_until(self, condition, meanwhile=lambda: None, timeout=TIMEOUT):
        """Receive messages until the condition holds; repeat an action such as publishing in the meantime."""
        end = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < end, 'waited in vain'
            meanwhile()
            self._executor.spin_once(timeout_sec=0.05)

    def drive(self, condition, **frame):
        """Publish calibration and frames until the condition holds."""
        info = {name: frame[name] for name in ('width', 'height') if name in frame}
        self.wait_until(condition, lambda: (self.publish_info(**info), self.publish_frame(**frame)))

    def set_parameter(self, name, value):
        """Return the node's answer to a parameter change."""
        request = SetParameters.Request(parameters=[Parameter(name, value=value).to_parameter_msg()])
        return self._ask(SetParameters, 'set_parameters', request).results[0]

    def trigger(self, name):
        """Call a std_srvs/Trigger service of the node; return its answer."""
        return self._call(Trigger, name, Trigger.Request())

    def parameter(self, name):
        """Return the value of a parameter."""
        values = self._ask(GetParameters, 'get_parameters', GetParameters.Request(names=[name])).values
        return parameter_value_to_python(values[0])

    def change_state(self, transition):
        """Request a transition by its name; return whether it succeeded."""
        number = getattr(Transition, f'TRANSITION_{transition.upper()}')
        return self._call(ChangeState, 'change_state', ChangeState.Request(transition=Transition(id=number))).success

    def state(self):
        """Return the name of the node's state."""
        return self._ask(GetState, 'get_state', GetState.Request()).current_state.label

    def _call(self, service_type, name, request):
        """Make a request once and return the answer.

        If a node has not discovered the client yet, it waits 0.1 s and then drops the answer. Nodes discover clients in
        the order in which they are created: once a client created later has an answer, this one will get one, too.
        """
        client = self._client(service_type, name)
        self._ask(GetParameters, 'get_parameters', GetParameters.Request(names=['use_sim_time']))
        future = client.call_async(request)
        self.wait_until(future.done)
        self._node.destroy_client(client)
        return future.result()

    def _ask(self, service_type, name, request):
        """Repeat a request until an answer arrives; return it."""
        client = self._client(service_type, name)
        futures, asked = [], -math.inf

        def ask():
            nonlocal asked
            if time.monotonic() - asked > ASK_AGAIN:
                futures.append(client.call_async(request))
                asked = time.monotonic()

        self.wait_until(lambda: any(future.done() for future in futures), ask)
        self._node.destroy_client(client)
        return next(future.result() for future in futures if future.done())

    def _client(self, service_type, name):
        client = self._node.create_client(service_type, f'{self._target}/{name}')
        self.wait_until(client.service_is_ready)
        return client
