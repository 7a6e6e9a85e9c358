"""The described network in Python TensorFlow: a child process that computes and times on request (JSON lines)."""

import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import tensorflow as tf


def load(folder):
    description = json.loads((folder / "network.json").read_text())
    flat = np.fromfile(folder / "weights.bin", "<f4")
    weights = {}
    for w in description["weights"]:
        count = int(np.prod(w["shape"]))
        weights[w["name"]] = flat[w["offset"] : w["offset"] + count].reshape(w["shape"])
    return description, weights


def activated(y, name):
    return {None: lambda v: v, "relu6": tf.nn.relu6, "relu": tf.nn.relu}[name](y)


def group_norm(x, scale, offset, groups, epsilon):
    # Plain nn.moments over the group, as keras.layers.GroupNormalization does it.
    shape = x.shape
    grouped = tf.reshape(x, [shape[0], -1, groups, shape[-1] // groups])
    mean, variance = tf.nn.moments(grouped, [1, 3], keepdims=True)
    width = [1, 1, groups, shape[-1] // groups]
    factor = tf.math.rsqrt(variance + epsilon) * tf.reshape(scale, width)
    return tf.reshape(grouped * factor + (tf.reshape(offset, width) - mean * factor), shape)


def upsample3d(x, factor):
    # keras.layers.UpSampling3D's way, on an axis at a time.
    for axis in (1, 2, 3):
        x = tf.repeat(x, factor, axis)
    return x


def step(node, operands):
    op, a = node["op"], node["attributes"]
    if op == "conv":
        x, kernel, bias = operands
        strides = [a["stride"]] * (len(x.shape) - 2)
        return activated(tf.nn.bias_add(tf.nn.convolution(x, kernel, strides, "SAME"), bias), a["activation"])
    if op == "depthwise":
        x, kernel, bias = operands
        strides = [1, a["stride"], a["stride"], 1]
        return activated(tf.nn.bias_add(tf.nn.depthwise_conv2d(x, kernel, strides, "SAME"), bias), a["activation"])
    if op == "groupNorm":
        return group_norm(*operands, a["groups"], a["epsilon"])
    if op == "add":
        return operands[0] + operands[1]
    if op == "relu":
        return tf.nn.relu(operands[0])
    if op == "reshape":
        return tf.reshape(operands[0], a["shape"])
    if op == "concat":
        return tf.concat(operands, a["axis"])
    if op == "resizeNearest":
        # TensorFlow 1's kernel without half-pixel centres: the one that tfjs calls.
        return tf.raw_ops.ResizeNearestNeighbor(images=operands[0], size=a["size"])
    if op == "upsample3d":
        return upsample3d(operands[0], a["factor"])
    raise ValueError(f"unknown op {op}")


def build(folder):
    description, weights = load(folder)
    shape = description["inputs"][0]["shape"]

    @tf.function(input_signature=[tf.TensorSpec(shape, tf.float32)])
    def network(image):
        # Constants, not variables: a frozen graph is the fastest that TensorFlow runs.
        values = {name: tf.constant(w) for name, w in weights.items()}
        values["input"] = image
        for node in description["nodes"]:
            values[node["outputs"][0]] = step(node, [values[i] for i in node["inputs"]])
        return [values[name] for name in description["outputs"]]

    image = np.fromfile(folder / "input.bin", "<f4").reshape(shape)
    return network, image


def main():
    if os.environ.get("BENCH_THREADS"):
        tf.config.threading.set_intra_op_parallelism_threads(int(os.environ["BENCH_THREADS"]))
    cases = {}
    for line in sys.stdin:
        ask = json.loads(line)
        folder = Path(ask["folder"])
        network, image = cases.get(folder) or cases.setdefault(folder, build(folder))
        if ask["do"] == "compute":
            for n, output in enumerate(network(tf.constant(image))):
                output.numpy().astype("<f4").tofile(folder / f"python-{n}.bin")
            answer = {"version": tf.__version__}
        else:
            wall, cpu = [], []
            for n in range(ask["warmUp"] + ask["iterations"]):
                start, used = time.perf_counter(), time.process_time()
                [output.numpy() for output in network(tf.constant(image))]
                if n >= ask["warmUp"]:
                    wall.append((time.perf_counter() - start) * 1e3)
                    cpu.append((time.process_time() - used) * 1e3)
            answer = {"wall": wall, "cpu": cpu}
        print(json.dumps(answer), flush=True)


main()
