import type { EngineInput, EngineOutput } from '../src-main/contract/engine-protocol';
import type { ModelSummary } from '../src-main/contract/entities';
import type { CliIo } from '../src-main/cli/io';
import { engineOver } from '../src-main/engine/in-process';
import { createEngineTasks } from '../src-main/services/engine-tasks';

export const fakeModel: ModelSummary = {
  modelId: 'made-model',
  version: '1.2.3',
  name: 'Made model',
  description: 'For tests.',
  modalities: ['MR', 'OT'],
  bodyParts: ['BRAIN'],
  labels: ['tumour'],
  threshold: 0.5,
  modelHash: 'ab'.repeat(32),
  trainingData: 'none',
  trainingLicence: 'none',
  metrics: { AP50: 0.5 },
};

/**
 * The in-process engine with its real reading of files and a detector that a test decides: `find` stands in for the
 * network, which has tests of its own.
 */
export function fakeDetection(
  find: (input: EngineInput<'detect'>) => EngineOutput<'detect'>['findings'] | Promise<never>,
  /** What the model's quality gate says, given whether to look anyway. */
  quality?: (ignored: boolean) => EngineOutput<'detect'>['quality'],
): CliIo['openEngine'] {
  return async (modelsFolder) =>
    engineOver({
      ...createEngineTasks({ modelsFolder }),
      listModels: async () => [fakeModel],
      detect: async (input) => ({
        modelId: fakeModel.modelId,
        modelVersion: fakeModel.version,
        modelHash: fakeModel.modelHash,
        threshold: fakeModel.threshold,
        scoreFloor: 0.1,
        durationMs: 1,
        findings: await find(input),
        quality: quality?.(input.ignoreGate ?? false),
      }),
    });
}
