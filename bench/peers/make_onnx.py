"""Writes the described network as an ONNX model: make_onnx.py FOLDER

Maps run channels first, as ONNX wants them; a reshape goes back to channels last, so that outputs agree element by
element. Padding is TensorFlow's SAME, computed: the odd row goes to the end.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17


class Writer:
    def __init__(self, description, flat):
        self.nodes, self.initializers = [], []
        self.description = description
        self.channels_first_outputs = []
        self.weights = {}
        for w in description["weights"]:
            count = int(np.prod(w["shape"]))
            self.weights[w["name"]] = flat[w["offset"] : w["offset"] + count].reshape(w["shape"])
        # Name in the description -> (name in ONNX, shape as described, whether it lies channels first).
        self.values = {}

    def constant(self, array, name=None):
        name = name or f"constant_{len(self.initializers)}"
        if name not in {i.name for i in self.initializers}:
            self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def emit(self, op, inputs, **attributes):
        name = f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], name=f"node_{name}", **attributes))
        return name

    def kernel(self, name, depthwise):
        k = self.weights[name]
        rank = k.ndim - 2
        spatial = list(range(rank))
        order = [rank, rank + 1] + spatial if depthwise else [rank + 1, rank] + spatial
        return self.constant(k.transpose(order), name)

    def channels_first(self, name):
        value, shape, first = self.values[name]
        if first or len(shape) < 4:
            return value
        rank = len(shape)
        return self.emit("Transpose", [value], perm=[0, rank - 1, *range(1, rank - 1)])

    def channels_last(self, name):
        value, shape, first = self.values[name]
        if not first:
            return value
        rank = len(shape)
        return self.emit("Transpose", [value], perm=[0, *range(2, rank), 1])

    def activated(self, y, name):
        if name is None:
            return y
        if name == "relu":
            return self.emit("Relu", [y])
        low, high = self.constant(np.float32(0), "zero"), self.constant(np.float32(6), "six")
        return self.emit("Clip", [y, low, high])

    def convolution(self, node, depthwise):
        x, kernel, bias = node["inputs"]
        a = node["attributes"]
        shape = self.values[x][1]
        size = self.weights[kernel].shape[: len(shape) - 2]
        before, after = [], []
        for side, k in zip(shape[1:-1], size):
            out = -(-side // a["stride"])
            total = max(0, (out - 1) * a["stride"] + k - side)
            before.append(total // 2)
            after.append(total - total // 2)
        y = self.emit(
            "Conv",
            [self.channels_first(x), self.kernel(kernel, depthwise), self.constant(self.weights[bias], bias)],
            kernel_shape=list(size),
            strides=[a["stride"]] * len(size),
            pads=before + after,
            group=shape[-1] if depthwise else 1,
        )
        return self.activated(y, a["activation"])

    def group_norm(self, node):
        # As PyTorch exports it: instance normalisation of the groups, then scale and offset by channel.
        x, scale, offset = node["inputs"]
        groups, epsilon = node["attributes"]["groups"], node["attributes"]["epsilon"]
        shape = self.values[x][1]
        grouped = self.emit(
            "Reshape", [self.channels_first(x), self.constant(np.array([0, groups, -1], np.int64))]
        )
        ones = self.constant(np.ones(groups, np.float32))
        zeros = self.constant(np.zeros(groups, np.float32))
        normed = self.emit("InstanceNormalization", [grouped, ones, zeros], epsilon=epsilon)
        back = [shape[0], shape[-1], *shape[1:-1]]
        y = self.emit("Reshape", [normed, self.constant(np.array(back, np.int64))])
        wide = [shape[-1]] + [1] * (len(shape) - 2)
        y = self.emit("Mul", [y, self.constant(self.weights[scale].reshape(wide))])
        return self.emit("Add", [y, self.constant(self.weights[offset].reshape(wide))])

    def nearest(self, x, size):
        shape = self.values[x][1]
        target = self.constant(np.array([shape[0], shape[-1], *size], np.int64))
        return self.emit(
            "Resize",
            [self.channels_first(x), "", "", target],
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )

    def step(self, node):
        op, inputs, a, shape = node["op"], node["inputs"], node["attributes"], node["shape"]
        first = True
        if op in ("conv", "depthwise"):
            y = self.convolution(node, op == "depthwise")
        elif op == "groupNorm":
            y = self.group_norm(node)
        elif op == "add":
            y = self.emit("Add", [self.channels_first(i) for i in inputs])
        elif op == "relu":
            y = self.emit("Relu", [self.channels_first(inputs[0])])
        elif op == "resizeNearest":
            y = self.nearest(inputs[0], a["size"])
        elif op == "upsample3d":
            y = self.nearest(inputs[0], shape[1:-1])
        elif op == "reshape":
            y = self.emit("Reshape", [self.channels_last(inputs[0]), self.constant(np.array(shape, np.int64))])
            first = False
        elif op == "concat":
            y = self.emit("Concat", [self.channels_last(i) for i in inputs], axis=a["axis"])
            first = False
        else:
            raise ValueError(f"unknown op {op}")
        self.values[node["outputs"][0]] = (y, shape, first)

    def model(self):
        image = self.description["inputs"][0]
        self.values[image["name"]] = (image["name"], image["shape"], False)
        for node in self.description["nodes"]:
            self.step(node)
        outputs = []
        for n, name in enumerate(self.description["outputs"]):
            # Left as they lie (the peer's reader transposes before comparing): nobody would pay for it here.
            value, shape, first = self.values[name]
            self.channels_first_outputs.append(first)
            shape = [shape[0], shape[-1], *shape[1:-1]] if first else shape
            self.nodes.append(helper.make_node("Identity", [value], [f"output_{n}"]))
            outputs.append(helper.make_tensor_value_info(f"output_{n}", TensorProto.FLOAT, shape))
        given = helper.make_tensor_value_info(image["name"], TensorProto.FLOAT, image["shape"])
        graph = helper.make_graph(self.nodes, "network", [given], outputs, self.initializers)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)


def main():
    folder = Path(sys.argv[1])
    description = json.loads((folder / "network.json").read_text())
    writer = Writer(description, np.fromfile(folder / "weights.bin", "<f4"))
    model = writer.model()
    onnx.checker.check_model(model)
    onnx.save(model, folder / "network.onnx")
    (folder / "onnx.json").write_text(json.dumps({"channelsFirst": writer.channels_first_outputs}))


main()
