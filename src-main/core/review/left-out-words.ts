/** Why a network learns nothing from a series, in words that follow a count of files. */
export const leftOutText = {
  volume: 'volumes; only pictures can be learned from so far',
  'not-analysable': 'cannot be analysed',
  'detection-open': 'detection is not finished, or failed',
  'not-read': 'nobody has decided on anything in it',
  'not-finished': 'findings are not decided yet',
  'file-missing': 'the file is gone, or was changed since its import',
  'unknown-label': 'a finding has a label that the model does not know (only this finding is left out)',
} as const;
