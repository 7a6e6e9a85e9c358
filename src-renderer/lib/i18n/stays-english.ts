/**
 * What main says in English alone, and why; docs/translations.md says it to people. `where`: files of src-main; `what`: only
 * these texts of them. from-main.spec.ts fails where main says anything else that no language has.
 */
export const staysEnglish: readonly { where: RegExp; what?: RegExp; why: string }[] = [
  { where: /^cli\//, why: 'the command line' },
  {
    where:
      /^(core\/evaluation|inference\/(import|figures|gate|training|training3d|network)|services\/evaluat)/,
    why: 'evaluating, importing and training from recipes: the command line alone does it',
  },
  { where: /^(inference\/measure-bundle|services\/(training|read-volume))\.ts/, why: 'the same' },
  { where: /^(host|services)\/demo/, why: 'the demonstration prints to the terminal' },
  { where: /^inference\/bundle\/model-card\.ts/, why: 'a document of the model' },
  { where: /^inference\/fine-tuning\/write-fine-tuned\.ts/, why: 'a document of the model' },
  {
    where: /^(core\/report|exporters\/(pdf|dicom-sr)|services\/(export|deidentification-report)\.ts)/,
    what: /^(?!The export|Export|The folder|Choose)/,
    why: 'exported reports and what is written beside de-identified copies',
  },
  {
    where: /^storage\/(store-key|lock|migrations|database)\.ts/,
    why: 'said before there is a window, and settings that name a language',
  },
  { where: /^(engine\/process-port|imaging\/decode-worker)\.ts/, why: 'said to who starts a file by hand' },
  {
    where: /^(imaging\/(errors|local-series|dicom\/instance)|inference\/fine-tuning\/fine-tune)\.ts/,
    what: /⟨⟩: ⟨⟩|^a mask/,
    why: 'what is wrong inside a file, in the words of its format; the hint beside it is translated',
  },
  { where: /^inference\/tfjs\/mapped-detector\.ts/, what: /^⟨⟩ ⟨⟩\.$/, why: 'the same of a model' },
];
