"""OpenCV's side of bench/selective-search.mjs: one JSON request a line on stdin, one JSON answer a line on stdout.

load: reads (or takes) a picture, resizes it where asked, writes its RGB bytes for the other side, so that both search the same
pixels. search: fast-mode selective search of the picture loaded last.
"""

import json
import sys
import time

import cv2
import numpy as np

picture = None
default_threads = cv2.getNumThreads()


def load(request):
    global picture
    if "file" in request:
        picture = cv2.imread(request["file"], cv2.IMREAD_COLOR)
    else:
        rgb = np.fromfile(request["raw"], np.uint8).reshape(request["height"], request["width"], 3)
        picture = np.ascontiguousarray(rgb[:, :, ::-1])
    size = request.get("size")
    if size:
        picture = cv2.resize(picture, (size, size), interpolation=cv2.INTER_LINEAR)
    cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).tofile(request["out"])
    return {"width": picture.shape[1], "height": picture.shape[0]}


def search(request):
    cv2.setNumThreads(request.get("threads") or default_threads)
    cpu, wall = time.process_time(), time.perf_counter()
    search = cv2.ximgproc.segmentation.createSelectiveSearchSegmentation()
    search.setBaseImage(picture)
    search.switchToSelectiveSearchFast()
    boxes = search.process()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    boxes = boxes[: request.get("limit", 1000)].astype(int)
    boxes[:, 2:] += boxes[:, :2]
    return {"wallMs": 1000 * wall, "cpuMs": 1000 * cpu, "boxes": boxes.ravel().tolist()}


for line in sys.stdin:
    request = json.loads(line)
    answer = {"load": load, "search": search}[request["do"]](request)
    print(json.dumps({**answer, "version": cv2.__version__, "threads": cv2.getNumThreads()}), flush=True)
