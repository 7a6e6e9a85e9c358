import type { Command } from '../commands/commands';
import { compare } from '../i18n/areas/compare';
import { commands as titles } from '../i18n/areas/commands';
import { signing } from '../i18n/areas/people';
import { reading } from '../i18n/areas/reading';
import { results } from '../i18n/areas/results';
import { filled } from '../i18n/format';
import type { ReviewState } from '../state/review.svelte';
import type { ViewerControls } from '../viewer/viewer-controls.svelte';
import { doubleCommands } from '../double/double-commands';
import { describeCommands } from './describe-commands';
import { findingCommands } from './finding-commands';

export interface ReviewContext {
  readonly review: ReviewState;
  readonly controls: ViewerControls;
  /** True (and asks) while nobody has said who decides. */
  readonly needReviewer: () => boolean;
  readonly askReason: () => void;
  readonly openExport: () => void;
  readonly openResults: () => void;
  readonly openSigning: () => void;
  readonly openAssign: () => void;
  readonly focusComment: () => void;
  /** Runs the model though its quality check turned the images away. */
  readonly lookAnyway: () => void;
  readonly leave: () => void;
}

/** Every action of the review screen. There is no "accept all", on purpose (RELIABILITY, "Also from the field"). */
export function reviewCommands(context: ReviewContext): Command[] {
  const { review, controls } = context;
  const canDecide = (): boolean => review.selected !== null && !review.saving && !review.frozen;
  const decide = (verdict: 'accepted' | 'uncertain') => (): Promise<void> | void =>
    context.needReviewer() ? undefined : review.decide(verdict, null);
  const group = { finding: 'Findings', decision: 'Decision', view: 'View', study: 'Study' } as const;
  const presets = [1, 2, 3, 4, 5].map((n): Command => ({
    commandId: `view.preset-${n}`,
    title: filled(titles.windowPreset, { number: n }),
    keys: [String(n)],
    group: group.view,
    run: () => controls.setWindow(n - 1),
  }));
  return [
    {
      commandId: 'finding.next',
      title: titles.nextFinding,
      keys: ['N'],
      group: group.finding,
      run: () => review.step(1),
    },
    {
      commandId: 'finding.previous',
      title: titles.previousFinding,
      keys: ['Shift+N'],
      group: group.finding,
      run: () => review.step(-1),
    },
    {
      commandId: 'finding.draw',
      title: titles.drawFinding,
      keys: ['D'],
      group: group.finding,
      run: () => {
        if (context.needReviewer()) return;
        controls.tool = null;
        controls.drawing = !controls.drawing;
      },
    },
    {
      commandId: 'finding.comment',
      title: titles.comment,
      keys: ['C'],
      group: group.finding,
      enabled: canDecide,
      run: context.focusComment,
    },
    {
      commandId: 'decision.accept',
      title: titles.accept,
      keys: ['Enter', 'A'],
      group: group.decision,
      enabled: canDecide,
      run: decide('accepted'),
    },
    {
      commandId: 'decision.reject',
      title: titles.reject,
      keys: ['Backspace', 'X'],
      group: group.decision,
      enabled: canDecide,
      run: () => {
        if (!context.needReviewer()) context.askReason();
      },
    },
    {
      commandId: 'decision.uncertain',
      title: titles.uncertain,
      keys: ['U'],
      group: group.decision,
      enabled: canDecide,
      run: decide('uncertain'),
    },
    {
      commandId: 'decision.undo',
      title: titles.undo,
      keys: ['Ctrl+Z'],
      group: group.decision,
      enabled: () => !review.saving && (review.detail?.canUndo ?? false),
      run: () => review.undo(),
    },
    ...findingCommands(context),
    ...describeCommands(context),
    ...doubleCommands(review, context),
    {
      commandId: 'results.compare',
      title: compare.command,
      keys: ['Shift+Q'],
      group: group.view,
      enabled: () => review.detail !== null && !review.detail.reading.lockedAway,
      run: () => review.comparison.toggle(),
    },
    {
      commandId: 'results.choose',
      title: results.command,
      keys: ['Shift+Z'],
      group: group.study,
      enabled: () => review.results.sets.length > 1 && !review.saving && !review.frozen,
      run: () => {
        if (!context.needReviewer()) context.openResults();
      },
    },
    {
      commandId: 'view.boxes',
      title: titles.boxes,
      keys: ['O'],
      group: group.view,
      run: () => {
        review.boxesShown = !review.boxesShown;
      },
    },
    {
      commandId: 'view.panel',
      title: titles.panel,
      keys: ['Ctrl+B'],
      group: group.view,
      run: () => {
        controls.panelHidden = !controls.panelHidden;
      },
    },
    {
      commandId: 'view.crosshair',
      title: titles.crosshair,
      keys: ['H'],
      group: group.view,
      run: () => {
        controls.crosshair = !controls.crosshair;
      },
    },
    ...presets,
    {
      commandId: 'view.next-slice',
      title: titles.nextSlice,
      keys: ['ArrowDown', 'PageDown'],
      group: group.view,
      run: () => controls.scroll(1),
    },
    {
      commandId: 'view.previous-slice',
      title: titles.previousSlice,
      keys: ['ArrowUp', 'PageUp'],
      group: group.view,
      run: () => controls.scroll(-1),
    },
    ...([-1, 1] as const).map((by): Command => ({
      commandId: by < 0 ? 'view.previous-volume' : 'view.next-volume',
      title: by < 0 ? titles.previousVolume : titles.nextVolume,
      // Brackets need AltGr on many keyboards, and that is no key of ours.
      keys: by < 0 ? ['Shift+V', '['] : ['V', ']'],
      group: group.view,
      enabled: () => {
        const volume = review.series?.volume;
        return volume !== undefined && volume.index + by >= 0 && volume.index + by < volume.count;
      },
      run: () => review.showVolume((review.series?.volume?.index ?? 0) + by),
    })),
    {
      commandId: 'view.play',
      title: titles.play,
      keys: ['Space', 'P'],
      group: group.view,
      enabled: () => {
        const pixels = review.series?.pixels;
        return pixels?.kind === 'volume' || (pixels?.frames ?? 1) > 1;
      },
      run: () => {
        controls.playing = !controls.playing;
      },
    },
    {
      commandId: 'view.reset',
      title: titles.resetView,
      keys: ['R'],
      group: group.view,
      run: () => controls.reset(),
    },
    {
      commandId: 'study.reveal',
      title: reading.doneCommand,
      keys: ['Shift+S'],
      group: group.study,
      enabled: () => review.detail?.reading.lockedAway ?? false,
      run: () => (context.needReviewer() ? undefined : review.reveal()),
    },
    {
      commandId: 'study.sign',
      title: signing.command,
      keys: ['S'],
      group: group.study,
      enabled: () => !review.saving,
      run: () => {
        if (context.needReviewer()) return;
        // Of two blind readers nobody signs: each says that they are done.
        if (review.double.isReading) void review.double.finish();
        else context.openSigning();
      },
    },
    {
      commandId: 'study.export',
      title: titles.export,
      keys: ['Ctrl+E'],
      group: group.study,
      run: context.openExport,
    },
    {
      commandId: 'study.look-anyway',
      title: titles.lookAnyway,
      keys: ['Shift+L'],
      group: group.study,
      enabled: () => review.detail?.series.some((s) => s.detection === 'not-analysable') ?? false,
      run: () => {
        if (!context.needReviewer()) context.lookAnyway();
      },
    },
    {
      commandId: 'study.leave',
      title: titles.backToWorklist,
      keys: ['Escape'],
      group: group.study,
      run: context.leave,
    },
  ];
}
