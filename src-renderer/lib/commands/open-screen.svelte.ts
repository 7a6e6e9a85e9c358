import { onMount } from 'svelte';
import { CommandSet, type Command } from './commands';

/** Something that the palette can go to beside commands: a study, a finding. */
export interface Place {
  readonly placeId: string;
  readonly title: string;
  readonly run: () => void;
}

interface Entry {
  readonly set: CommandSet;
  readonly places: () => readonly Place[];
}

/** What the screen that is open can do, for the palette and the sheet of keys. */
class OpenScreen {
  private entries = $state.raw<readonly Entry[]>([]);

  add(entry: Entry): () => void {
    this.entries = [...this.entries, entry];
    return () => {
      this.entries = this.entries.filter((known) => known !== entry);
    };
  }

  get commands(): readonly Command[] {
    return this.entries.flatMap(({ set }) => set.list);
  }
  get places(): readonly Place[] {
    return this.entries.flatMap(({ places }) => places());
  }
}
export const openScreen = new OpenScreen();

/** The commands of a screen, known to palette and sheet while it is open. To be called as a component is made. */
export function useCommands(list: readonly Command[], places: () => readonly Place[] = () => []): CommandSet {
  const set = new CommandSet(list);
  onMount(() => openScreen.add({ set, places }));
  return set;
}
