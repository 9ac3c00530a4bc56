# SPDX-License-Identifier: Apache-2.0
import threading

from optidepthnet_ros.ros.depth_node.frame_statistics import REPLACED, FrameStatistics
from optidepthnet_ros.ros.depth_node.frame_worker import FrameWorker
from optidepthnet_ros.ros.depth_node.latest_slot import LatestSlot


def test_only_the_newest_item_is_kept():
    slot = LatestSlot()
    for item in 'abc':
        slot.put(item)
    assert slot.take() == 'c'


def test_closing_ends_a_waiting_take():
    slot = LatestSlot()
    taken = []
    thread = threading.Thread(target=lambda: taken.append(slot.take()))
    thread.start()
    slot.close()
    thread.join(10)
    assert taken == [None]


def test_nothing_is_taken_after_closing():
    slot = LatestSlot()
    slot.put('a')
    slot.close()
    slot.put('b')
    assert slot.take() is None


def test_the_worker_skips_to_the_newest_frame_and_finishes_it_before_it_stops():
    started, go_on, done = threading.Event(), threading.Event(), []

    def process(frame, waited):
        started.set()
        go_on.wait(10)
        done.append(frame)

    statistics = FrameStatistics()
    worker = FrameWorker(process, statistics)
    worker.offer(1)
    started.wait(10)
    for frame in (2, 3, 4):
        worker.offer(frame)
    started.clear()
    go_on.set()
    started.wait(10)
    worker.stop()
    worker.offer(5)
    assert done == [1, 4]
    assert statistics.collect().dropped == {REPLACED: 2}
