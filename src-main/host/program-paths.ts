import { join } from 'node:path';

/** Where the parts of the program lie, from its folder (the repository, or app.asar of the packaged program). */
export function programPaths(appPath: string) {
  return {
    renderer: join(appPath, 'dist', 'renderer'),
    preload: join(appPath, 'dist', 'preload', 'preload.cjs'),
    // Native code and model weights are read by processes and libraries that know no asar archive.
    engine: unpacked(join(appPath, 'dist', 'main', 'engine.cjs')),
    models: process.env['REGIO_MODELS_DIR'] || unpacked(join(appPath, 'models')),
    demoVolumes: ['brain1', 'brain2', 'lung1', 'lung2'].map((name) =>
      join(appPath, '.cache', 'demo', 'pyradiomics', `${name}_image.nrrd`),
    ),
  };
}

export type ProgramPaths = ReturnType<typeof programPaths>;

const unpacked = (path: string): string => path.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');
