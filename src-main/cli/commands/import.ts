import type { Command } from 'commander';
import type { StudySummary } from '../../contract/entities';
import { AppError } from '../../core/app-error';
import type { Services } from '../../services/types';
import type { CommandSet } from '../command';
import { exitCode } from '../io';
import { printJson } from '../output';
import { printSkipped } from '../series';
import { finishedJob, withServices } from '../session';
import { volumeOption, type VolumeOption } from '../volume-option';
import { studiesTable } from './studies';

interface Options extends VolumeOption {
  /** Left out: as the settings say. */
  copy?: boolean;
}

export function addImport(program: Command, commands: CommandSet): void {
  const command = program
    .command('import')
    .description('put studies into the worklist and detect in them')
    .argument('<path...>', 'files and folders')
    .addOption(volumeOption())
    .option('--copy', 'copy the files into the encrypted store: the study opens without them')
    .option('--no-copy', 'read the files where they lie, whatever the settings say');
  commands.add<Options>(command, 'regio import scans/', async (context, operands, { volume, copy }) => {
    const { studies, skipped } = await withServices(context, async (services) => {
      const paths = operands.map(context.path);
      const started = await services.handlers['import.paths']({ paths, volume, copy });
      const { result } = await finishedJob(services, started.jobId);
      if (result?.kind !== 'import') throw new Error('an import job ended without a result');
      // Detection follows by itself where the settings say so; where they do not, it is started here.
      await services.idle();
      const imported = async (): Promise<StudySummary[]> =>
        (await services.handlers['studies.list'](undefined)).filter((s) =>
          result.studyIds.includes(s.studyId),
        );
      for (const study of await imported()) {
        // Imported again after a model was installed: a study that had none may have one now.
        if (study.state === 'new' || study.state === 'no-model') await detect(services, study.studyId);
      }
      return { studies: await imported(), skipped: result.skipped };
    });
    if (context.json) printJson(context.io, { studies, skipped });
    else {
      context.io.out(studiesTable(studies));
      printSkipped(context, skipped);
    }
    if (studies.some((s) => s.state === 'failed')) return exitCode.failed;
    return skipped.length > 0 || studies.length === 0 ? exitCode.refused : exitCode.done;
  });
}

/** A study that no model fits stays in the worklist without findings; that refuses nothing. */
async function detect(services: Services, studyId: string): Promise<void> {
  try {
    const { jobId } = await services.handlers['detection.start']({ studyId, modelId: null });
    await services.waitForJob(jobId);
  } catch (error) {
    if (AppError.from(error).code !== 'model.none-fits') throw error;
  }
}
