import type { Command } from '../commands/commands';

/** What the worklist and the models page do with keys; buttons run the same. */
export const openModelsCommand = (open: () => void): Command => ({
  commandId: 'models.open',
  title: 'Models',
  keys: ['M'],
  group: 'Models',
  run: open,
});

export const leaveModelsCommand = (leave: () => void): Command => ({
  commandId: 'models.leave',
  title: 'Back to the worklist',
  keys: ['Escape'],
  group: 'Models',
  run: leave,
});
