import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';
import type { EngineInput, EngineOutput } from '../src-main/contract/engine-protocol';
import type { ServiceHandlers } from '../src-main/services/types';
import type { createEngineTasks } from '../src-main/services/engine-tasks';
import { madePicture } from './made-training-set';

/** Pictures with a disc for tests of learning from reviewed cases; the number in the name is the picture's seed. */
export function writeMadeCases(folder: string, from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, n) => {
    const path = join(folder, `brain-${from + n + 1}.png`);
    const { data, size } = madePicture(seedOf(path));
    writeFileSync(path, encode({ width: size, height: size, data, channels: 1 }));
    return path;
  });
}

const seedOf = (file: string): number => Number(/(\d+)\.png$/.exec(file)![1]);

/** In place of a network: a mark on the disc, one beside it, and one below the operating point. */
export const detectMadeCase =
  (tasks: Pick<ReturnType<typeof createEngineTasks>, 'listModels'>) =>
  async ({ series, modelId }: EngineInput<'detect'>): Promise<EngineOutput<'detect'>> => {
    const model = (await tasks.listModels()).find((m) => m.modelId === modelId)!;
    const { box } = madePicture(seedOf(series.files[0]!));
    const finding = (score: number, boxPx: readonly number[]) => ({
      label: 'thing',
      score,
      provenance: 'network' as const,
      place: { space: 'px' as const, boxPx: [...boxPx] as [number, number, number, number], frame: 0 },
    });
    return {
      modelId,
      modelVersion: model.version,
      modelHash: model.modelHash,
      threshold: 0.5,
      scoreFloor: 0.05,
      durationMs: 1,
      findings: [finding(0.9, box), finding(0.6, [1, 1, 8, 8]), finding(0.1, [2, 2, 9, 9])],
    };
  };

/** Accepts what lies on the disc, rejects the other mark that is shown. */
export async function reviewMadeCases(handlers: ServiceHandlers, studyIds: readonly string[]): Promise<void> {
  for (const studyId of studyIds) {
    const { findings } = await handlers['studies.open']({ studyId });
    const [lesion, other] = findings.map((f) => f.findingId);
    await handlers['review.decide']({ studyId, findingId: lesion!, verdict: 'accepted', reason: null });
    await handlers['review.decide']({
      studyId,
      findingId: other!,
      verdict: 'rejected',
      reason: 'normal-anatomy',
    });
  }
}
