"""Peers of bench/reading.mjs: `load FOLDER PLUGIN` (sitk, or a JPEG-LS plug-in of pydicom) or `headers FOLDER`."""
import json
import os
import sys
import time

import numpy as np

what, folder = sys.argv[1:3]

def megabytes():
    """Peak so far; getrusage would count what the parent process held when it forked."""
    with open("/proc/self/status") as status:
        return round(int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1024)


files = [os.path.join(folder, f) for f in os.listdir(folder) if f.endswith(".dcm")]


def load_sitk():
    reader = sitk.ImageSeriesReader()
    ids = reader.GetGDCMSeriesIDs(folder)
    reader.SetFileNames(max((reader.GetGDCMSeriesFileNames(folder, i) for i in ids), key=len))
    image = reader.Execute()
    # The view lives as long as its image.
    return image, sitk.GetArrayViewFromImage(image)


def load_pydicom(plugin):
    datasets = sorted((pydicom.dcmread(f) for f in files), key=lambda d: d.ImagePositionPatient[2])
    volume = np.empty((len(datasets), datasets[0].Rows, datasets[0].Columns), np.int16)
    for n, d in enumerate(datasets):
        stored = pixel_array(d, decoding_plugin=plugin)
        volume[n] = stored * int(d.RescaleSlope) + int(d.RescaleIntercept)
    return None, volume


if what == "headers":
    import pydicom

    times, processor = [], []
    for _ in range(4):
        start, cpu = time.perf_counter(), time.process_time()
        for f in files:
            pydicom.dcmread(f, stop_before_pixels=True)
        times.append((time.perf_counter() - start) * 1000 / len(files))
        processor.append((time.process_time() - cpu) * 1000 / len(files))
    print(json.dumps({"msPerFile": min(times[1:]), "cpuMsPerFile": min(processor[1:]), "files": len(files)}))
else:
    plugin = sys.argv[3]
    if plugin == "sitk":
        import SimpleITK as sitk
    else:
        import pydicom
        from pydicom.pixels import pixel_array
    idle = megabytes()
    start = time.perf_counter()
    image, volume = load_sitk() if plugin == "sitk" else load_pydicom(plugin)
    total = (time.perf_counter() - start) * 1000
    cpu = time.process_time() * 1000
    print(json.dumps({"idleMb": idle, "peakMb": megabytes(), "totalMs": total, "cpuMs": cpu, "sum": int(volume.sum(dtype=np.int64))}))
