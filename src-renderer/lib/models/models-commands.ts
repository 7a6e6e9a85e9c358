import type { Command } from '../commands/commands';
import { commands as titles } from '../i18n/areas/commands';

/** What the worklist and the models page do with keys; buttons run the same. */
export const openModelsCommand = (open: () => void): Command => ({
  commandId: 'models.open',
  title: titles.models,
  keys: ['M'],
  group: 'Models',
  run: open,
});

export const leaveModelsCommand = (leave: () => void): Command => ({
  commandId: 'models.leave',
  title: titles.backToWorklist,
  keys: ['Escape'],
  group: 'Models',
  run: leave,
});
