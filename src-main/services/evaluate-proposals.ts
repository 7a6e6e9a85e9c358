import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { AppError } from '../core/app-error';
import type { CocoTruth } from '../core/evaluation/coco-dataset';
import { fromXywh } from '../core/geometry/box';
import { averageRecallByProposalCount, recallByProposalCount } from '../core/proposals/recall';
import { selectiveSearch2 } from '../core/proposals/selective-search-2d';
import { loadDetector } from '../inference';
import { imageFiles, readImage, type CocoRunOptions } from './evaluate';
import { findBundle } from './model-check';

/** Who ranks: the network by objectness, selective search by its own order, the network over both. */
export type ProposalRanking = 'network' | 'selective-search' | 'union';
const rankings: readonly ProposalRanking[] = ['network', 'selective-search', 'union'];

/** Numbers of proposals an image at which recall is given. */
export const proposalCounts = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000] as const;

export interface ProposalRecall {
  /** Share of the boxes found with IoU >= 0.5, by {@link proposalCounts}. */
  readonly recall: readonly number[];
  /** Mean over IoU 0.5 to 0.95. */
  readonly averageRecall: readonly number[];
  readonly msPerImage: number;
  /** Mean number of proposals there were. */
  readonly proposalsPerImage: number;
}

export interface ProposalEvaluation {
  readonly modelId: string;
  readonly modelVersion: string;
  readonly images: number;
  readonly boxes: number;
  readonly counts: readonly number[];
  readonly sources: Readonly<Record<ProposalRanking, ProposalRecall>>;
}

/** Looser than in use: a proposal is worth having as long as it is not another's twin. */
const rules = { preNmsTopN: 1000, nmsIouThreshold: 0.7, postNmsTopN: 1000 };

/**
 * Recall against the number of proposals of each source and of both together (Hosang et al. 2016), on a COCO truth.
 * Regions that nobody asks for (iscrowd) are left out.
 * @throws as detectCocoImages
 */
export async function evaluateProposals(
  options: Omit<CocoRunOptions, 'classAgnostic'>,
): Promise<ProposalEvaluation> {
  const { truth, signal, onProgress } = options;
  const bundle = await findBundle(options.modelsFolder, options.modelId);
  const files = imageFiles(truth, options.imagesFolder);
  const wanted = lesionBoxes(truth);
  const found: Record<ProposalRanking, Float32Array[]> = { network: [], 'selective-search': [], union: [] };
  const spent: Record<ProposalRanking, number> = { network: 0, 'selective-search': 0, union: 0 };
  const detector = await loadDetector(bundle.folder);
  try {
    for (const [n, file] of files.entries()) {
      if (signal?.aborted) throw new AppError('job.cancelled', 'Cancelled.', 'Run it again to start over.');
      const image = await readImage(file);
      for (const ranking of rankings) {
        const began = performance.now();
        if (ranking === 'selective-search') {
          found[ranking].push(selectiveSearch2(image, { limit: 1000 }).boxes);
        } else {
          const proposals = await detector.detectImage(image, {
            minScore: 0,
            signal,
            selectiveSearch: ranking === 'union',
            proposals: rules,
          });
          found[ranking].push(Float32Array.from(proposals.flatMap(({ box }) => [...box])));
        }
        spent[ranking] += performance.now() - began;
      }
      await setImmediate();
      onProgress?.((n + 1) / files.length, `${n + 1} of ${files.length} images`);
    }
  } finally {
    detector.dispose();
  }
  const curve = (ranking: ProposalRanking): ProposalRecall => ({
    recall: recallByProposalCount(wanted, found[ranking], proposalCounts, 0.5).recall,
    averageRecall: averageRecallByProposalCount(wanted, found[ranking], proposalCounts).recall,
    msPerImage: spent[ranking] / files.length,
    proposalsPerImage: found[ranking].reduce((sum, boxes) => sum + boxes.length / 4, 0) / files.length,
  });
  return {
    modelId: bundle.id,
    modelVersion: bundle.version,
    images: files.length,
    boxes: wanted.reduce((sum, boxes) => sum + boxes.length / 4, 0),
    counts: proposalCounts,
    sources: {
      network: curve('network'),
      'selective-search': curve('selective-search'),
      union: curve('union'),
    },
  };
}

function lesionBoxes(truth: CocoTruth): Float32Array[] {
  return truth.images.map((image) =>
    Float32Array.from(
      truth.annotations
        .filter((a) => a.image_id === image.id && !a.iscrowd)
        .flatMap((a) => [...fromXywh(a.bbox)]),
    ),
  );
}
