"""A MONAI bundle with a RetinaNet as wide as lung_nodule_ct_detection's (ResNet-50, pyramid of 256) and random weights.

  python make_retinanet.py FOLDER

Wants monai 1.3.2, torch and torchvision. Beside the bundle it leaves a small input and what MONAI makes of it
(check/*.npy), so that the import can be compared.
"""

import json
import os
import sys

import numpy as np
import torch
from monai.apps.detection.networks.retinanet_network import RetinaNet, resnet_fpn_feature_extractor
from monai.networks.nets.resnet import resnet50

folder = sys.argv[1]
for name in ("configs", "models", "check"):
    os.makedirs(os.path.join(folder, name), exist_ok=True)

torch.manual_seed(3)
backbone = resnet50(spatial_dims=3, n_input_channels=1, conv1_t_stride=[2, 2, 1], conv1_t_size=[7, 7, 7])
extractor = resnet_fpn_feature_extractor(backbone, 3, False, [1, 2], None)
network = RetinaNet(3, 1, 3, extractor, [16, 16, 8]).eval()
with torch.no_grad():
    # Running statistics as after training, so that folding them is put to the test.
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm3d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    image = torch.rand(1, 1, 64, 48, 32)
    outputs = network(image)
torch.save(network.state_dict(), os.path.join(folder, "models", "model.pt"))
np.save(os.path.join(folder, "check", "input.npy"), image.numpy())
for key, levels in outputs.items():
    for n, level in enumerate(levels):
        np.save(os.path.join(folder, "check", f"{key}_{n}.npy"), level.numpy())

prefix = "monai.networks.nets.resnet"
inference = {
    "infer_patch_size": [512, 512, 192],
    "anchor_generator": {
        "_target_": "monai.apps.detection.utils.anchor_utils.AnchorGeneratorWithAnchorShape",
        "feature_map_scales": [1, 2, 4],
        "base_anchor_shapes": [[6, 8, 4], [8, 6, 5], [10, 10, 6]],
    },
    "backbone": f"${prefix}.resnet50(spatial_dims=3,n_input_channels=1,conv1_t_stride=[2,2,1],conv1_t_size=[7,7,7])",
    "feature_extractor": "$resnet_fpn_feature_extractor(@backbone,3,False,[1,2],None)",
    "network_def": {
        "_target_": "RetinaNet",
        "spatial_dims": 3,
        "num_classes": 1,
        "num_anchors": 3,
        "feature_extractor": "@feature_extractor",
        "size_divisible": [16, 16, 8],
    },
    "detector_ops": [
        "$@detector.set_box_selector_parameters(score_thresh=0.02,topk_candidates_per_level=1000,"
        "nms_thresh=0.22,detections_per_img=300)",
        "$@detector.set_sliding_window_inferer(roi_size=@infer_patch_size,overlap=0.25,mode='constant')",
    ],
    "preprocessing": {
        "_target_": "Compose",
        "transforms": [
            {"_target_": "LoadImaged"},
            {"_target_": "EnsureChannelFirstd"},
            {"_target_": "Orientationd", "axcodes": "RAS"},
            {"_target_": "Spacingd", "pixdim": [0.703125, 0.703125, 1.25]},
            {
                "_target_": "ScaleIntensityRanged",
                "a_min": -1024.0,
                "a_max": 300.0,
                "b_min": 0.0,
                "b_max": 1.0,
                "clip": True,
            },
            {"_target_": "EnsureTyped"},
        ],
    },
}
metadata = {
    "version": "0.0.1",
    "name": "Random RetinaNet",
    "description": "Random weights, for measurements only",
    "license": "none",
    "network_data_format": {"inputs": {"image": {"modality": "CT"}}},
}
for name, value in (("inference", inference), ("metadata", metadata)):
    with open(os.path.join(folder, "configs", f"{name}.json"), "w") as out:
        json.dump(value, out, indent=1)
print(sum(p.numel() for p in network.parameters()), "parameters")
