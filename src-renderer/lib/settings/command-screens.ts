import { settings as words } from '../i18n/areas/settings';
import { leaveModelsCommand } from '../models/models-commands';
import { programCommands } from '../program/program.svelte';
import { reviewCommands } from '../review/review-commands';
import { viewerCommands } from '../viewer/viewer-commands';
import { worklistCommands } from '../worklist/worklist-commands';
import type { CommandScreen } from './key-conflicts';

/** Stands for a screen that is not open: commands are only read here, never run. */
const nobody: never = new Proxy((): unknown => nobody, { get: () => nobody as unknown }) as never;

/** The commands of every screen, open or not. */
export const commandScreens = (): CommandScreen[] => [
  {
    screenId: 'review',
    title: words.review,
    commands: [...viewerCommands(nobody), ...reviewCommands(nobody)],
  },
  { screenId: 'worklist', title: words.worklist, commands: worklistCommands(nobody) },
  { screenId: 'models', title: words.models, commands: [leaveModelsCommand(() => undefined)] },
  { screenId: 'program', title: words.everywhere, commands: programCommands.list, everywhere: true },
];
