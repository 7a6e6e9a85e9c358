"""Peer of bench/pydicom.mjs: `peer.py FOLDER RAW`; pixels of each DICOM file go to RAW, what they are to standard output."""
import json
import os
import sys
import warnings

import pydicom

warnings.filterwarnings("ignore")
folder = os.path.join(os.path.dirname(pydicom.data.__file__), "test_files") if sys.argv[1] == "package" else sys.argv[1]
raw = sys.argv[2]
found = []
for where, _, names in sorted(os.walk(folder)):
    for name in sorted(names):
        if name.endswith((".py", ".pyc", ".json", ".txt", ".md", ".dump", ".icc", ".gz")) or name.startswith("README"):
            continue
        path = os.path.join(where, name)
        entry = {"file": path}
        try:
            dataset = pydicom.dcmread(path, force=True)
            entry["name"] = str(dataset.get("PatientName", ""))
            pixels = dataset.pixel_array
            pixels = pixels.astype(pixels.dtype.newbyteorder("<"))
            entry["dtype"] = str(pixels.dtype)
            entry["raw"] = os.path.join(raw, f"{len(found)}.raw")
            pixels.tofile(entry["raw"])
        except Exception as error:  # noqa: BLE001 whatever it refuses with is its answer
            entry["error"] = f"{type(error).__name__}: {str(error)[:200]}"
        found.append(entry)
print(json.dumps(found))
