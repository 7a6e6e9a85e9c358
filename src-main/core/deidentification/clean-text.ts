/**
 * Cleaning a descriptor (PS3.15 E.3.5) by what is known to be safe: only words of this list, numbers with a unit, and
 * spinal levels stay; everything else goes, whatever it is. A list of what to remove would have to know every name.
 */
const safeWords = new Set(
  `
  abdomen abdominal abscess acquisition ac adc adrenal angio angiography ankle anterior aorta aortic ap apical arm
  arterial artery art av axial ax axilla b0 b1000 b50 b500 b800 bilateral biopsy bladder blood body bone bolus bowel
  brain breast bronchus calcification cardiac carotid cava ce cervical chest cine clavicle clip coil colon
  contrast coronal cor coronary cranium cranial cc ct cta cyst decubitus deep delayed diagnostic diastole
  diffusion doppler dorsal dose dual dwi dynamic dyn echo eco elbow endoscopy energy enhanced epi equilibrium esophagus exam
  examination expiration expiratory extremity eye face facial fast fat fatsat fdg femur fiesta film finger fl2d fl3d
  flair flash fluid foot forearm fov frontal fse fs full function functional fundus gallbladder gastric gd gradient gre
  hand haste head heart helical hepatic high hip hires humerus iac image images inflow inspiration inspiratory inverse inversion
  iodine iv joint kernel kidney knee kub laryngeal larynx lateral lat left leg lesion limb liver lobe localiser
  localizer long low lower lumbar lung lungs lymph magnitude mammo mammogram mammography mandible map mass maxilla medial
  mediastinum mesentery mip ml mlo mm mpr mpr2 mprage mr mra mri mrcp muscle myelo myocardium native neck nm node nodule nodules noncon
  nose oblique obl optic orbit orbital organ outer ovary pa pancreas pancreatic parallel paranasal parotid pe pelvic
  pelvis perfusion pet phase pituitary plain plane plantar pleura pleural polyp pons popliteal portal portable position post
  posterior pre prone prostate proton pd protocol pulmonary pulse quiet radius reconstruction recon rectum renal rib
  ribs right rotation routine sacrum sag sagittal saline scan scanogram scapula scout screening se section selective sella
  sequence series shoulder short shunt single sinus sinuses skull slab slice slices smooth soft sharp spectral spin spinal
  spine spleen spiral standard sternum stir stomach study subtracted subtraction supine surview survey swi systole t1 t1w t2 t2w t2star
  thick thickness thigh thin thoracic thorax throat thyroid tibia tirm tissue tof topogram torso trachea transversal
  transverse trufi trunk tse tumor tumour ulna ultrasound unenhanced upper ureter urinary us uterus vaginal vascular vein
  venous ventral ventricle vessel vessels vibe view views volume waist water weighted wholebody whole width window with
  without wo wrist x xray xr yes no none and of or the in on to at for
  finding findings measurement measurements diameter length area mean maximum minimum value report reference region interest
  probability size site laterality type size count score grade benign malignant normal abnormal present absent unknown
  cm hu kv kvp ma mas ms s sec min hz mhz bq kbq mbq mg g kg l deg degree degrees percent
  `
    .trim()
    .split(/\s+/),
);
const measure = /^\d{1,4}([.,]\d{1,3})?(mm|cm|ml|s|sec|ms|min|hu|kv|kvp|ma|mas|hz|mhz|mg|g|kg|deg)$/;
const smallNumber = /^\d{1,2}([.,]\d{1,3})?$/;
const spinalLevel = /^[ctls]\d{1,2}$/;

/**
 * The words of `text` that may stay, in order, single spaces between; values split at backslashes stay apart.
 * @param names words of the people named in the same file, lower case: a Dr Long is no long axis
 */
export const cleanText = (text: string, names: ReadonlySet<string>): string =>
  text
    .split('\\')
    .map((value) => {
      const words = value.split(/[^\p{L}\p{N}.,]+/u);
      return words.filter((word) => isSafe(word) && !names.has(word.toLowerCase())).join(' ');
    })
    .join('\\')
    .replace(/^\\+$/, '');

/** The words of a name, lower case. */
export const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

function isSafe(raw: string): boolean {
  const word = raw.replace(/^[.,]+|[.,]+$/g, '').toLowerCase();
  if (word !== raw.toLowerCase()) return false;
  return safeWords.has(word) || measure.test(word) || smallNumber.test(word) || spinalLevel.test(word);
}

/** The same for CS values: each stays whole or not at all. */
export const cleanCodeString = (text: string): string =>
  text
    .split('\\')
    .filter((value) => value.split('_').every((word) => safeWords.has(word.toLowerCase())))
    .join('\\');
