// What host and cli use. engine-tasks.ts is not here: it brings pixel decoders and TensorFlow, which only the engine may load.
export { createServices } from './create-services';
export { runDemo } from './demo';
export { ownModels, userFolders, type Folders } from './folders';
export { openUserStore } from './open-user-store';
export type { DemoResult, Emit, Services } from './types';
