import { createEngineTasks } from '../services/engine-tasks';
import { processPort } from './process-port';
import { serveEngine } from './server';

/**
 * Entry of dist/main/engine.cjs: the killable process that reads files and runs networks.
 * `REGIO_MODELS_DIR` (required) names the folder of model bundles, `REGIO_OWN_MODELS_DIR` that of models made here.
 */
const modelsFolder = process.env['REGIO_MODELS_DIR'];
if (!modelsFolder) throw new Error('REGIO_MODELS_DIR is not set');
const ownModelsFolder = process.env['REGIO_OWN_MODELS_DIR'] || undefined;
serveEngine(processPort(), createEngineTasks({ modelsFolder, ownModelsFolder }));
