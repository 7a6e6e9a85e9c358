import { defineMessages } from '../messages';

/** What main says of earlier studies; English is main's own, word for word (from-main.ts). */
export const fromMainPriors = defineMessages({
  registration: {
    en: 'Registration with the earlier examination',
    de: 'Registrierung mit der früheren Untersuchung',
    es: 'Registro con el examen anterior',
    fr: 'Recalage avec l’examen antérieur',
    zh: '与既往检查配准',
  },
  comparing: {
    en: 'Comparing the two examinations',
    de: 'Vergleicht die beiden Untersuchungen',
    es: 'Comparando los dos exámenes',
    fr: 'Comparaison des deux examens',
    zh: '正在比较两次检查',
  },
  notEarlier: {
    en: 'This is no earlier study of the same patient.',
    de: 'Dies ist keine frühere Untersuchung derselben Person.',
    es: 'Este no es un estudio anterior del mismo paciente.',
    fr: 'Ce n’est pas un examen antérieur du même patient.',
    zh: '这不是同一患者的既往检查。',
  },
  chooseEarlier: {
    en: 'Choose a study that is listed as earlier.',
    de: 'Wählen Sie eine Untersuchung, die als frühere aufgeführt ist.',
    es: 'Elija un estudio que figure como anterior.',
    fr: 'Choisissez un examen listé comme antérieur.',
    zh: '请选择列为既往的检查。',
  },
  notConfirmed: {
    en: 'This lesion is no longer confirmed in the earlier study.',
    de: 'Diese Läsion ist in der früheren Untersuchung nicht mehr bestätigt.',
    es: 'Esta lesión ya no está confirmada en el estudio anterior.',
    fr: 'Cette lésion n’est plus confirmée dans l’examen antérieur.',
    zh: '该病灶在既往检查中已不再确认。',
  },
  chooseOther: {
    en: 'Choose another one.',
    de: 'Wählen Sie eine andere.',
    es: 'Elija otra.',
    fr: 'Choisissez-en une autre.',
    zh: '请另选一个。',
  },
  noPair: {
    en: 'These are not volumes of a study and of an earlier one of the same patient.',
    de: 'Dies sind keine Volumen einer Untersuchung und einer früheren derselben Person.',
    es: 'No son volúmenes de un estudio y de otro anterior del mismo paciente.',
    fr: 'Ce ne sont pas des volumes d’un examen et d’un examen antérieur du même patient.',
    zh: '这不是同一患者的当前检查与既往检查的容积数据。',
  },
});
