import type { Command } from 'commander';
import type { CommandSet } from '../command';
import { addEvaluateCoco } from './evaluate-coco';
import { addEvaluateLuna16 } from './evaluate-luna16';
import { addEvaluateProposals } from './evaluate-proposals';
import { addEvaluateVolumes } from './evaluate-volumes';

export function addEvaluate(program: Command, commands: CommandSet): void {
  const evaluate = program.command('evaluate').description('measure a model against a reference');
  addEvaluateCoco(evaluate, commands);
  addEvaluateLuna16(evaluate, commands);
  addEvaluateVolumes(evaluate, commands);
  addEvaluateProposals(evaluate, commands);
}
