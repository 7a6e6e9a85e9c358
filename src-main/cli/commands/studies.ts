import type { Command } from 'commander';
import type { StudySummary } from '../../contract/entities';
import type { CommandSet } from '../command';
import { exitCode } from '../io';
import { printJson, table } from '../output';
import { withServices } from '../session';

export function addStudies(program: Command, commands: CommandSet): void {
  const command = program.command('studies').description('list the worklist: the ids that export takes');
  commands.add(command, 'regio studies --json', async (context) => {
    const studies = await withServices(context, async (services) =>
      services.handlers['studies.list'](undefined),
    );
    if (context.json) printJson(context.io, { studies });
    else context.io.out(studiesTable(studies));
    return exitCode.done;
  });
}

export function studiesTable(studies: readonly StudySummary[]): string {
  if (studies.length === 0) return 'No studies.\n';
  return table(
    ['case', 'patient', 'date', 'modality', 'description', 'state', 'findings', 'pending'],
    studies.map((s) => [
      s.studyId,
      s.patient.name || s.patient.id || null,
      s.studyDate || null,
      s.modalities.join(', '),
      s.description || null,
      s.state,
      s.findingCount,
      s.pendingCount,
    ]),
  );
}
