/** The import rules of docs/architecture.md, "Who may import what". */
const outside = (folder, allowed) => ({
  name: `${folder}-imports`,
  severity: 'error',
  comment: `${folder} may import only: ${allowed.join(', ') || 'itself'}`,
  from: { path: `^src-main/${folder}/`, pathNot: '\\.spec\\.ts$' },
  to: { path: '^src-(main|renderer)/', pathNot: [folder, ...allowed].map((f) => `^src-main/${f}/`) },
});
const onlyIn = (name, pattern, folders) => ({
  name: `${name}-only-in`,
  severity: 'error',
  from: { path: '^src-', pathNot: folders.map((f) => `^${f}`) },
  to: { path: pattern },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    outside('core', []),
    outside('contract', ['core']),
    outside('imaging', ['core']),
    outside('graphics', []),
    outside('inference', ['core', 'graphics']),
    outside('exporters', ['core']),
    outside('dicom-net', ['core']),
    outside('storage', ['core']),
    outside('services', [
      'core',
      'contract',
      'imaging',
      'inference',
      'exporters',
      'dicom-net',
      'storage',
      'graphics',
    ]),
    outside('engine', ['core', 'contract', 'services']),
    outside('host', ['core', 'contract', 'services', 'engine']),
    outside('cli', ['core', 'contract', 'services', 'engine']),
    {
      name: 'core-is-pure',
      severity: 'error',
      comment: 'core imports nothing outside itself: no electron, node:, DOM or tfjs',
      from: { path: '^src-main/core/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'] },
    },
    {
      name: 'renderer-imports',
      severity: 'error',
      comment: 'the renderer imports contract and pure core only',
      from: { path: '^src-renderer/' },
      to: { path: '^src-main/', pathNot: ['^src-main/contract/', '^src-main/core/'] },
    },
    {
      name: 'renderer-no-node',
      severity: 'error',
      from: { path: '^src-renderer/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    onlyIn('electron', '^electron$|node_modules/electron/', ['src-main/host/']),
    onlyIn('tfjs', '@tensorflow/', ['src-main/inference/']),
    onlyIn('dcmjs', 'node_modules/dcmjs/', [
      'src-main/imaging/dicom/',
      'src-main/exporters/dicom-',
      'src-main/dicom-net/',
    ]),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
