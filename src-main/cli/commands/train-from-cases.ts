import type { CasesSummary, LeftOutReason } from '../../contract/cases';
import type { InstalledModel } from '../../contract/entities';
import type { CaseCounts } from '../../contract/fine-tuning';
import { leftOutText } from '../../core/review/left-out-words';
import { comparisonRows, verdictText } from '../../core/evaluation/comparison-words';
import { AppError } from '../../core/app-error';
import { UsageError, type CommandContext } from '../command';
import { exitCode, type ExitCode } from '../io';
import { inert, printJson, table } from '../output';
import { finishedJob, withServices } from '../session';

export interface FromCasesOptions {
  readonly model?: string | undefined;
  readonly out?: string | undefined;
  readonly epochs?: number | undefined;
  readonly minutes?: number | undefined;
}

/** `regio train --from-cases`: a new model of the worklist's reviewed cases, compared with the one in use. */
export async function trainFromCases(context: CommandContext, options: FromCasesOptions): Promise<ExitCode> {
  const { model: modelId } = options;
  if (modelId === undefined)
    throw new UsageError('--from-cases needs --model.', 'Name the model to improve: regio models list.');
  if (options.epochs !== undefined && options.minutes !== undefined)
    throw new UsageError('Give --epochs or --minutes.', 'One of them says how long training takes.');
  const out = options.out === undefined ? undefined : context.path(options.out);
  const made = await withServices(
    context,
    async ({ handlers, ...services }) => {
      const summary = await handlers['cases.summary']({ modelId });
      if (!context.json) context.io.out(summaryText(summary));
      const { jobId } = await handlers['training.start']({
        modelId,
        epochs: options.epochs ?? null,
        minutes: options.minutes ?? null,
      });
      const { result } = await finishedJob({ handlers, ...services }, jobId);
      if (result?.kind !== 'training') throw new AppError('internal', 'No model came of it.', 'Try again.');
      return { summary, modelId: result.modelId, comparison: result.comparison };
    },
    out,
  );
  if (context.json) printJson(context.io, made);
  else context.io.out(resultText(made.modelId, made.comparison, out === undefined));
  return exitCode.done;
}

const countsText = (c: CaseCounts): string =>
  `${c.pictures} pictures of ${c.patients} patients, ${c.lesions} lesions, ${c.rejected} rejected marks`;

function summaryText({ all, training, heldBack, leftOut }: CasesSummary): string {
  const byReason = new Map<LeftOutReason, string[]>();
  for (const { file, reason } of leftOut) byReason.set(reason, [...(byReason.get(reason) ?? []), file]);
  return [
    `Cases       ${countsText(all)}`,
    `  to learn  ${countsText(training)}`,
    `  held back ${countsText(heldBack)}`,
    ...[...byReason].flatMap(([reason, files]) => [
      `Left out    ${files.length}: ${leftOutText[reason]}`,
      ...files.map((file) => `            ${inert(file)}`),
    ]),
    '',
  ].join('\n');
}

type Comparison = NonNullable<NonNullable<InstalledModel['fineTuned']>['compared']>;

function resultText(modelId: string, comparison: Comparison, installed: boolean): string {
  const rows = comparisonRows(comparison).map((r) => [r.figure, r.old, r.new, r.difference, r.interval]);
  const head = ['figure', comparison.modelId, modelId, 'difference', '95 %'];
  const warning = comparison.verdict === 'worse' || comparison.verdict === 'doubtful' ? 'Warning: ' : '';
  return [
    '',
    table(head, rows),
    `${warning}${verdictText[comparison.verdict]}`,
    `(${comparison.images} held-back pictures of ${comparison.patients} patients, ${comparison.lesions} lesions.)`,
    '',
    installed
      ? `${modelId} is not in use. To use it from now on: regio models use ${modelId}`
      : `${modelId} is not in use, and not in the folder of this user's models.`,
    '',
  ].join('\n');
}
