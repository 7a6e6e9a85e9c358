/**
 * DICOM PS3.15 Annex E, Table E.1-1 (Application Level Confidentiality Profile Attributes): facts, one row a line.
 * Written from the tables as two packages carry them, which agree in every action they share: PyPI `dicom-anonymizer`
 * 2.1.0 (editions 2024b and 2026c) and PyPI `idiscore` 1.6.0 (read from the standard on 2025-06-24, edition 2025b; the
 * options are its). Names and VRs are those of PS3.6, as PyPI `pydicom` 3.0.2 has them.
 *
 * Edition 2024b has 621 rows (620 tags and "private attributes"); 26 came by 2025b, 9 more by 2026c. The union is used:
 * a row too many removes something harmless, a row too few leaves something in.
 *
 * Columns: tag (x: any digit) | VR, empty where PS3.6 gives none | action of the basic profile | actions of the options
 * | edition of the standard by which the row was there | name, empty for tags newer than the dictionary.
 * Options, a letter with its action: P retain safe private, U retain UIDs, V retain device identity, I retain institution
 * identity, H retain patient characteristics, F retain full dates, M retain modified dates, T clean descriptors,
 * S clean structured content, G clean graphics.
 */
export const confidentialityTable = `
00001000|UI|X|UK|2024b|Affected SOP Instance UID
00001001|UI|U|UK|2024b|Requested SOP Instance UID
00020003|UI|U|UK|2024b|Media Storage SOP Instance UID
00041511|UI|U|UK|2024b|Referenced SOP Instance UID in File
00080012|DA|X/D|FK MC|2024b|Instance Creation Date
00080013|TM|X/Z/D|FK MC|2024b|Instance Creation Time
00080014|UI|U|UK|2024b|Instance Creator UID
00080015|DT|X|FK MC|2024b|Instance Coercion DateTime
00080017|UI|U|UK|2024b|Acquisition UID
00080018|UI|U|UK|2024b|SOP Instance UID
00080019|UI|U|UK|2024b|Pyramid UID
00080020|DA|Z|FK MC|2024b|Study Date
00080021|DA|X/D|FK MC|2024b|Series Date
00080022|DA|X/Z|FK MC|2024b|Acquisition Date
00080023|DA|Z/D|FK MC|2024b|Content Date
00080024|DA|X|FK MC|2024b|Overlay Date
00080025|DA|X|FK MC|2024b|Curve Date
0008002A|DT|X/Z/D|FK MC|2024b|Acquisition DateTime
00080030|TM|Z|FK MC|2024b|Study Time
00080031|TM|X/D|FK MC|2024b|Series Time
00080032|TM|X/Z|FK MC|2024b|Acquisition Time
00080033|TM|Z/D|FK MC|2024b|Content Time
00080034|TM|X|FK MC|2024b|Overlay Time
00080035|TM|X|FK MC|2024b|Curve Time
00080050|SH|Z||2024b|Accession Number
00080054|AE|X|VC|2024b|Retrieve AE Title
00080055|AE|X|VC|2024b|Station AE Title
00080058|UI|U|UK|2024b|Failed SOP Instance UID List
00080080|LO|X/Z/D|IK|2024b|Institution Name
00080081|ST|X|IK|2024b|Institution Address
00080082|SQ|X/Z/D|IK|2024b|Institution Code Sequence
00080090|PN|Z||2024b|Referring Physician's Name
00080092|ST|X||2024b|Referring Physician's Address
00080094|SH|X||2024b|Referring Physician's Telephone Numbers
00080096|SQ|X||2024b|Referring Physician Identification Sequence
0008009C|PN|Z||2024b|Consulting Physician's Name
0008009D|SQ|X||2024b|Consulting Physician Identification Sequence
00080106|DT|D|FK MC|2024b|Context Group Version
00080107|DT|D|FK MC|2024b|Context Group Local Version
00080201|SH|X|FK MC|2024b|Timezone Offset From UTC
00081000|AE|X|VC|2024b|Network ID
00081010|SH|X/Z/D|VK|2024b|Station Name
00081030|LO|X|TC|2024b|Study Description
0008103E|LO|X|TC|2024b|Series Description
00081040|LO|X|IK|2024b|Institutional Department Name
00081041|SQ|X|IK|2024b|Institutional Department Type Code Sequence
00081048|PN|X||2024b|Physician(s) of Record
00081049|SQ|X||2024b|Physician(s) of Record Identification Sequence
00081050|PN|X||2024b|Performing Physician's Name
00081052|SQ|X||2024b|Performing Physician Identification Sequence
00081060|PN|X||2024b|Name of Physician(s) Reading Study
00081062|SQ|X||2024b|Physician(s) Reading Study Identification Sequence
00081070|PN|X/Z/D||2024b|Operators' Name
00081072|SQ|X/D||2024b|Operator Identification Sequence
00081080|LO|X|TC|2024b|Admitting Diagnoses Description
00081084|SQ|X|TC|2024b|Admitting Diagnoses Code Sequence
00081088|LO|X|TC|2024b|Pyramid Description
00081110|SQ|X/Z|UK|2024b|Referenced Study Sequence
00081111|SQ|X/Z/D|UK|2024b|Referenced Performed Procedure Step Sequence
00081120|SQ|X|UK|2024b|Referenced Patient Sequence
00081140|SQ|X/Z/U*|UK|2024b|Referenced Image Sequence
00081155|UI|U|UK|2024b|Referenced SOP Instance UID
00081195|UI|U|UK|2024b|Transaction UID
00081301||X|TC|2025b|
00081302||X|TC|2025b|
00081303||X|TC|2025b|
00081304||X|TC|2025b|
00082111|ST|X|TC|2024b|Derivation Description
00082112|SQ|X/Z/U*|UK|2024b|Source Image Sequence
00083010|UI|U|UK|2024b|Irradiation Event UID
00084000|LT|X|TC|2024b|Identifying Comments
00100010|PN|Z||2024b|Patient's Name
00100011||X||2025b|
00100012||X||2025b|
00100013||X||2025b|
00100014||X||2025b|
00100015||X||2025b|
00100016||X|TC|2025b|
00100020|LO|Z/D||2024b|Patient ID
00100021|LO|X||2024b|Issuer of Patient ID
00100030|DA|Z||2024b|Patient's Birth Date
00100032|TM|X||2024b|Patient's Birth Time
00100040|CS|Z|HK|2024b|Patient's Sex
00100041||X||2025b|
00100042||X|HC TC|2025b|
00100043||X|HK|2025b|
00100044||X||2025b|
00100045||X|TC|2025b|
00100046||X|HK|2025b|
00100047||X|HK|2025b|
00100050|SQ|X||2024b|Patient's Insurance Plan Code Sequence
00100101|SQ|X||2024b|Patient's Primary Language Code Sequence
00100102|SQ|X||2024b|Patient's Primary Language Modifier Code Sequence
00101000|LO|X||2024b|Other Patient IDs
00101001|PN|X||2024b|Other Patient Names
00101002|SQ|X||2024b|Other Patient IDs Sequence
00101005|PN|X||2024b|Patient's Birth Name
00101010|AS|X|HK|2024b|Patient's Age
00101020|DS|X|HK|2024b|Patient's Size
00101030|DS|X|HK|2024b|Patient's Weight
00101040|LO|X||2024b|Patient's Address
00101050|LO|X||2024b|Insurance Plan Identification
00101060|PN|X||2024b|Patient's Mother's Birth Name
00101080|LO|X||2024b|Military Rank
00101081|LO|X||2024b|Branch of Service
00101090|LO|X||2024b|Medical Record Locator
00101100|SQ|X||2024b|Referenced Patient Photo Sequence
00102000|LO|X|TC|2024b|Medical Alerts
00102110|LO|X|HC TC|2024b|Allergies
00102150|LO|X||2024b|Country of Residence
00102152|LO|X||2024b|Region of Residence
00102154|SH|X||2024b|Patient's Telephone Numbers
00102155|LT|X||2024b|Patient's Telecom Information
00102160|SH|X|HK|2024b|Ethnic Group
00102161|SQ|X|HK|2025b|Ethnic Group Code Sequence
00102162||X|HK|2025b|
00102180|SH|X|TC|2024b|Occupation
001021A0|CS|X|HK|2024b|Smoking Status
001021B0|LT|X|TC|2024b|Additional Patient History
001021C0|US|X|HK|2024b|Pregnancy Status
001021D0|DA|X|FK MC|2024b|Last Menstrual Date
001021F0|LO|X||2024b|Patient's Religious Preference
00102203|CS|X/Z|HK|2024b|Patient's Sex Neutered
00102297|PN|X||2024b|Responsible Person
00102299|LO|X||2024b|Responsible Organization
00104000|LT|X|TC|2024b|Patient Comments
00120010|LO|D||2024b|Clinical Trial Sponsor Name
00120020|LO|D||2024b|Clinical Trial Protocol ID
00120021|LO|Z||2024b|Clinical Trial Protocol Name
00120022|LO|X||2024b|Issuer of Clinical Trial Protocol ID
00120023|SQ|X||2024b|Other Clinical Trial Protocol IDs Sequence
00120030|LO|Z|IK|2024b|Clinical Trial Site ID
00120031|LO|Z|IK|2024b|Clinical Trial Site Name
00120032|LO|X||2024b|Issuer of Clinical Trial Site ID
00120040|LO|D||2024b|Clinical Trial Subject ID
00120041|LO|X||2024b|Issuer of Clinical Trial Subject ID
00120042|LO|D||2024b|Clinical Trial Subject Reading ID
00120043|LO|X||2024b|Issuer of Clinical Trial Subject Reading ID
00120050|LO|Z||2024b|Clinical Trial Time Point ID
00120051|ST|X|TC|2024b|Clinical Trial Time Point Description
00120055|LO|X||2024b|Issuer of Clinical Trial Time Point ID
00120060|LO|Z|IK|2024b|Clinical Trial Coordinating Center Name
00120071|LO|X||2024b|Clinical Trial Series ID
00120072|LO|X|TC|2024b|Clinical Trial Series Description
00120073|LO|X||2024b|Issuer of Clinical Trial Series ID
00120081|LO|D|IK|2024b|Clinical Trial Protocol Ethics Committee Name
00120082|LO|X||2024b|Clinical Trial Protocol Ethics Committee Approval Number
00120086|DA|X|FK MC|2024b|Ethics Committee Approval Effectiveness Start Date
00120087|DA|X|FK MC|2024b|Ethics Committee Approval Effectiveness End Date
0014407C|TM|X|VK FK MC|2024b|Calibration Time
0014407E|DA|X|VK FK MC|2024b|Calibration Date
0016002B|OB|X|TC|2024b|Maker Note
0016004B|OB|X|TC|2024b|Device Setting Description
0016004D|UT|X||2024b|Camera Owner Name
0016004E|DS|X|VK|2024b|Lens Specification
0016004F|UT|X|VK|2024b|Lens Make
00160050|UT|X|VK|2024b|Lens Model
00160051|UT|X|VK|2024b|Lens Serial Number
00160070|OB|X||2024b|GPS Version ID
00160071|CS|X||2024b|GPS Latitude Ref
00160072|DS|X||2024b|GPS Latitude
00160073|CS|X||2024b|GPS Longitude Ref
00160074|DS|X||2024b|GPS Longitude
00160075|US|X||2024b|GPS Altitude Ref
00160076|DS|X||2024b|GPS Altitude
00160077|DT|X||2024b|GPS Time Stamp
00160078|UT|X||2024b|GPS Satellites
00160079|CS|X||2024b|GPS Status
0016007A|CS|X||2024b|GPS Measure Mode
0016007B|DS|X||2024b|GPS DOP
0016007C|CS|X||2024b|GPS Speed Ref
0016007D|DS|X||2024b|GPS Speed
0016007E|CS|X||2024b|GPS Track Ref
0016007F|DS|X||2024b|GPS Track
00160080|CS|X||2024b|GPS Img Direction Ref
00160081|DS|X||2024b|GPS Img Direction
00160082|UT|X||2024b|GPS Map Datum
00160083|CS|X||2024b|GPS Dest Latitude Ref
00160084|DS|X||2024b|GPS Dest Latitude
00160085|CS|X||2024b|GPS Dest Longitude Ref
00160086|DS|X||2024b|GPS Dest Longitude
00160087|CS|X||2024b|GPS Dest Bearing Ref
00160088|DS|X||2024b|GPS Dest Bearing
00160089|CS|X||2024b|GPS Dest Distance Ref
0016008A|DS|X||2024b|GPS Dest Distance
0016008B|OB|X||2024b|GPS Processing Method
0016008C|OB|X||2024b|GPS Area Information
0016008D|DT|X|FK MC|2024b|GPS Date Stamp
0016008E|IS|X||2024b|GPS Differential
00180010|LO|Z/D|TC|2024b|Contrast/Bolus Agent
00180027|TM|X|FK MC|2024b|Intervention Drug Stop Time
00180035|TM|X|FK MC|2024b|Intervention Drug Start Time
00181000|LO|X/Z/D|VK|2024b|Device Serial Number
00181002|UI|U|UK VK|2024b|Device UID
00181004|LO|X|VK|2024b|Plate ID
00181005|LO|X|VK|2024b|Generator ID
00181007|LO|X|VK|2024b|Cassette ID
00181008|LO|X|VK|2024b|Gantry ID
00181009|UT|X|VK|2024b|Unique Device Identifier
0018100A|SQ|X|VK|2024b|UDI Sequence
0018100B|UI|U|UK VK|2024b|Manufacturer's Device Class UID
00181010|LO|X||2026c|Secondary Capture Device ID
00181011|LO|X||2026c|Hardcopy Creation Device ID
00181012|DA|X|FK MC|2024b|Date of Secondary Capture
00181014|TM|X|FK MC|2024b|Time of Secondary Capture
00181030|LO|X/D|TC|2024b|Protocol Name
00181042|TM|X|FK MC|2024b|Contrast/Bolus Start Time
00181043|TM|X|FK MC|2024b|Contrast/Bolus Stop Time
00181072|TM|X|FK MC|2024b|Radiopharmaceutical Start Time
00181073|TM|X|FK MC|2024b|Radiopharmaceutical Stop Time
00181078|DT|X|FK MC|2024b|Radiopharmaceutical Start DateTime
00181079|DT|X|FK MC|2024b|Radiopharmaceutical Stop DateTime
001811BB|LO|D|TC|2024b|Acquisition Field of View Label
00181200|DA|X|VK FK MC|2024b|Date of Last Calibration
00181201|TM|X|VK FK MC|2024b|Time of Last Calibration
00181202|DT|X|VK FK MC|2024b|DateTime of Last Calibration
00181203|DT|Z|VK FK MC|2024b|Calibration DateTime
00181204|DA|X|VK FK MC|2024b|Date of Manufacture
00181205|DA|X|VK FK MC|2024b|Date of Installation
00181400|LO|X/D|TC|2024b|Acquisition Device Processing Description
00182042|UI|U|UK|2024b|Target UID
00184000|LT|X|TC|2024b|Acquisition Comments
00185011|SQ|X|VK|2024b|Transducer Identification Sequence
0018700A|SH|X/D|VK|2024b|Detector ID
0018700C|DA|X/D|VK FK MC|2024b|Date of Last Detector Calibration
0018700E|TM|X/D|VK FK MC|2024b|Time of Last Detector Calibration
00189074|DT|D|FK MC|2024b|Frame Acquisition DateTime
00189151|DT|D|FK MC|2024b|Frame Reference DateTime
00189185|ST|X|TC|2024b|Respiratory Motion Compensation Technique Description
00189367|UC|D|VK|2024b|X-Ray Source ID
00189369|DT|D|FK MC|2024b|Source Start DateTime
0018936A|DT|D|FK MC|2024b|Source End DateTime
00189371|UC|D|VK|2024b|X-Ray Detector ID
00189373|ST|X|VK|2024b|X-Ray Detector Label
0018937B|UT|X|TC|2024b|Multi-energy Acquisition Description
0018937F|UT|X|TC|2024b|Decomposition Description
00189424|LT|X|TC|2024b|Acquisition Protocol Description
00189516|DT|X/D|FK MC|2024b|Start Acquisition DateTime
00189517|DT|X/D|FK MC|2024b|End Acquisition DateTime
00189623|DT|D|FK MC|2024b|Functional Sync Pulse
00189701|DT|D|FK MC|2024b|Decay Correction DateTime
00189804|DT|D|FK MC|2024b|Exclusion Start DateTime
00189919|DT|Z/D|FK MC|2024b|Instruction Performed DateTime
00189937|LO|X|TC|2024b|Requested Series Description
0018A002|DT|X|FK MC|2024b|Contribution DateTime
0018A003|ST|X|TC|2024b|Contribution Description
0020000D|UI|U|UK|2024b|Study Instance UID
0020000E|UI|U|UK|2024b|Series Instance UID
00200010|SH|Z||2024b|Study ID
00200027|LO|X|TC|2024b|Pyramid Label
00200052|UI|U|UK|2024b|Frame of Reference UID
00200200|UI|U|UK|2024b|Synchronization Frame of Reference UID
00203401|CS|X|VK|2024b|Modifying Device ID
00203403|DA|X|FK MC|2024b|Modified Image Date
00203405|TM|X|FK MC|2024b|Modified Image Time
00203406|LO|X||2024b|Modified Image Description
00204000|LT|X|TC|2024b|Image Comments
00209158|LT|X|TC|2024b|Frame Comments
00209161|UI|U|UK|2024b|Concatenation UID
00209164|UI|U|UK|2024b|Dimension Organization UID
00281199|UI|U|UK|2024b|Palette Color Lookup Table UID
00281214|UI|U|UK|2024b|Large Palette Color Lookup Table UID
00284000|LT|X||2024b|Image Presentation Comments
00320012|LO|X||2024b|Study ID Issuer
00320032|DA|X|FK MC|2024b|Study Verified Date
00320033|TM|X|FK MC|2024b|Study Verified Time
00320034|DA|X|FK MC|2024b|Study Read Date
00320035|TM|X|FK MC|2024b|Study Read Time
00321000|DA|X|FK MC|2024b|Scheduled Study Start Date
00321001|TM|X|FK MC|2024b|Scheduled Study Start Time
00321010|DA|X|FK MC|2024b|Scheduled Study Stop Date
00321011|TM|X|FK MC|2024b|Scheduled Study Stop Time
00321020|LO|X|VK|2024b|Scheduled Study Location
00321021|AE|X|VC|2024b|Scheduled Study Location AE Title
00321030|LO|X|TC|2024b|Reason for Study
00321032|PN|X||2024b|Requesting Physician
00321033|LO|X||2024b|Requesting Service
00321040|DA|X|FK MC|2024b|Study Arrival Date
00321041|TM|X|FK MC|2024b|Study Arrival Time
00321050|DA|X|FK MC|2024b|Study Completion Date
00321051|TM|X|FK MC|2024b|Study Completion Time
00321060|LO|X/Z|TC|2024b|Requested Procedure Description
00321066|UT|X|TC|2024b|Reason for Visit
00321067|SQ|X|TC|2024b|Reason for Visit Code Sequence
00321070|LO|X|TC|2024b|Requested Contrast Agent
00324000|LT|X|TC|2024b|Study Comments
00340001|SQ|D||2024b|Flow Identifier Sequence
00340002|OB|D||2024b|Flow Identifier
00340005|OB|D||2024b|Source Identifier
00340007|OB|D|FK MC|2024b|Frame Origin Timestamp
00380004|SQ|X||2024b|Referenced Patient Alias Sequence
00380010|LO|X||2024b|Admission ID
00380011|LO|X||2024b|Issuer of Admission ID
00380014|SQ|X||2024b|Issuer of Admission ID Sequence
0038001A|DA|X|FK MC|2024b|Scheduled Admission Date
0038001B|TM|X|FK MC|2024b|Scheduled Admission Time
0038001C|DA|X|FK MC|2024b|Scheduled Discharge Date
0038001D|TM|X|FK MC|2024b|Scheduled Discharge Time
0038001E|LO|X||2024b|Scheduled Patient Institution Residence
00380020|DA|X|FK MC|2024b|Admitting Date
00380021|TM|X|FK MC|2024b|Admitting Time
00380030|DA|X|FK MC|2024b|Discharge Date
00380032|TM|X|FK MC|2024b|Discharge Time
00380040|LO|X|TC|2024b|Discharge Diagnosis Description
00380050|LO|X|HC|2024b|Special Needs
00380060|LO|X||2024b|Service Episode ID
00380061|LO|X||2024b|Issuer of Service Episode ID
00380062|LO|X|TC|2024b|Service Episode Description
00380064|SQ|X||2024b|Issuer of Service Episode ID Sequence
00380300|LO|X||2024b|Current Patient Location
00380400|LO|X||2024b|Patient's Institution Residence
00380500|LO|X|HC TC|2024b|Patient State
00384000|LT|X|TC|2024b|Visit Comments
003A0020|SH|X||2026c|Multiplex Group Label
003A0203|SH|X||2026c|Channel Label
003A020C|LO|X||2026c|Channel Derivation Description
003A0310|UI|U|UK|2024b|Multiplex Group UID
003A0314|DT|D|FK MC|2024b|Impedance Measurement DateTime
003A0329|ST|X|TC|2024b|Waveform Filter Description
003A032B|ST|X|TC|2024b|Filter Lookup Table Description
00400001|AE|X|VC|2024b|Scheduled Station AE Title
00400002|DA|X|FK MC|2024b|Scheduled Procedure Step Start Date
00400003|TM|X|FK MC|2024b|Scheduled Procedure Step Start Time
00400004|DA|X|FK MC|2024b|Scheduled Procedure Step End Date
00400005|TM|X|FK MC|2024b|Scheduled Procedure Step End Time
00400006|PN|X||2024b|Scheduled Performing Physician's Name
00400007|LO|X|TC|2024b|Scheduled Procedure Step Description
00400009|SH|X||2024b|Scheduled Procedure Step ID
0040000B|SQ|X||2024b|Scheduled Performing Physician Identification Sequence
00400010|SH|X|VK|2024b|Scheduled Station Name
00400011|SH|X|VK|2024b|Scheduled Procedure Step Location
00400012|LO|X|HC|2024b|Pre-Medication
00400241|AE|X|VC|2024b|Performed Station AE Title
00400242|SH|X|VK|2024b|Performed Station Name
00400243|SH|X||2024b|Performed Location
00400244|DA|X|FK MC|2024b|Performed Procedure Step Start Date
00400245|TM|X|FK MC|2024b|Performed Procedure Step Start Time
00400250|DA|X|FK MC|2024b|Performed Procedure Step End Date
00400251|TM|X|FK MC|2024b|Performed Procedure Step End Time
00400253|SH|X||2024b|Performed Procedure Step ID
00400254|LO|X|TC|2024b|Performed Procedure Step Description
00400275|SQ|X|TC|2024b|Request Attributes Sequence
00400280|ST|X|TC|2024b|Comments on the Performed Procedure Step
00400310|ST|X|TC|2024b|Comments on Radiation Dose
0040050A|LO|X||2024b|Specimen Accession Number
00400512|LO|D||2024b|Container Identifier
00400513|SQ|Z||2024b|Issuer of the Container Identifier Sequence
0040051A|LO|X|TC|2024b|Container Description
00400551|LO|D||2024b|Specimen Identifier
00400554|UI|U|UK|2024b|Specimen UID
00400555|SQ|X/Z|SC|2024b|Acquisition Context Sequence
00400556|ST|X||2026c|Acquisition Context Description
00400562|SQ|Z||2024b|Issuer of the Specimen Identifier Sequence
00400600|LO|X|TC|2024b|Specimen Short Description
00400602|UT|X|TC|2024b|Specimen Detailed Description
00400610|SQ|Z|SC|2024b|Specimen Preparation Sequence
004006FA|LO|X||2024b|Slide Identifier
00401001|SH|X||2024b|Requested Procedure ID
00401002|LO|X|TC|2024b|Reason for the Requested Procedure
00401004|LO|X||2024b|Patient Transport Arrangements
00401005|LO|X||2024b|Requested Procedure Location
0040100A|SQ|X|TC|2024b|Reason for Requested Procedure Code Sequence
00401010|PN|X||2024b|Names of Intended Recipients of Results
00401011|SQ|X||2024b|Intended Recipients of Results Identification Sequence
00401101|SQ|D||2024b|Person Identification Code Sequence
00401102|ST|X||2024b|Person's Address
00401103|LO|X||2024b|Person's Telephone Numbers
00401104|LT|X||2024b|Person's Telecom Information
00401400|LT|X|TC|2024b|Requested Procedure Comments
00402001|LO|X|TC|2024b|Reason for the Imaging Service Request
00402004|DA|X|FK MC|2024b|Issue Date of Imaging Service Request
00402005|TM|X|FK MC|2024b|Issue Time of Imaging Service Request
00402008|PN|X||2024b|Order Entered By
00402009|SH|X||2024b|Order Enterer's Location
00402010|SH|X||2024b|Order Callback Phone Number
00402011|LT|X||2024b|Order Callback Telecom Information
00402016|LO|Z||2024b|Placer Order Number / Imaging Service Request
00402017|LO|Z||2024b|Filler Order Number / Imaging Service Request
00402400|LT|X|TC|2024b|Imaging Service Request Comments
00403001|LO|X||2024b|Confidentiality Constraint on Patient Data Description
00404005|DT|X|FK MC|2024b|Scheduled Procedure Step Start DateTime
00404008|DT|X|FK MC|2024b|Scheduled Procedure Step Expiration DateTime
00404010|DT|X|FK MC|2024b|Scheduled Procedure Step Modification DateTime
00404011|DT|X|FK MC|2024b|Expected Completion DateTime
00404023|UI|U|UK|2024b|Referenced General Purpose Scheduled Procedure Step Transaction UID
00404025|SQ|X|VK|2024b|Scheduled Station Name Code Sequence
00404027|SQ|X|VK|2024b|Scheduled Station Geographic Location Code Sequence
00404028|SQ|X|VK|2024b|Performed Station Name Code Sequence
00404030|SQ|X|VK|2024b|Performed Station Geographic Location Code Sequence
00404034|SQ|X||2024b|Scheduled Human Performers Sequence
00404035|SQ|X||2024b|Actual Human Performers Sequence
00404036|LO|X||2024b|Human Performer's Organization
00404037|PN|X||2024b|Human Performer's Name
00404050|DT|X|FK MC|2024b|Performed Procedure Step Start DateTime
00404051|DT|X|FK MC|2024b|Performed Procedure Step End DateTime
00404052|DT|X|FK MC|2024b|Procedure Step Cancellation DateTime
0040A023|DA|X|FK MC|2024b|Findings Group Recording Date (Trial)
0040A024|TM|X|FK MC|2024b|Findings Group Recording Time (Trial)
0040A027|LO|D||2024b|Verifying Organization
0040A030|DT|D|FK MC|2024b|Verification DateTime
0040A032|DT|X/D|FK MC|2024b|Observation DateTime
0040A033|DT|X|FK MC|2024b|Observation Start DateTime
0040A034||X|FK MC|2025b|
0040A035||X|FK MC|2025b|
0040A073|SQ|D||2024b|Verifying Observer Sequence
0040A075|PN|D||2024b|Verifying Observer Name
0040A078|SQ|X||2024b|Author Observer Sequence
0040A07A|SQ|X||2024b|Participant Sequence
0040A07C|SQ|X||2024b|Custodial Organization Sequence
0040A082|DT|Z|FK MC|2024b|Participation DateTime
0040A088|SQ|Z||2024b|Verifying Observer Identification Code Sequence
0040A110|DA|X|FK MC|2024b|Date of Document or Verbal Transaction (Trial)
0040A112|TM|X|FK MC|2024b|Time of Document Creation or Verbal Transaction (Trial)
0040A120|DT|D|FK MC|2024b|DateTime
0040A121|DA|D|FK MC|2024b|Date
0040A122|TM|D|FK MC|2024b|Time
0040A123|PN|D||2024b|Person Name
0040A124|UI|U||2024b|UID
0040A13A|DT|D|FK MC|2024b|Referenced DateTime
0040A171|UI|U|UK|2024b|Observation UID
0040A172|UI|U|UK|2024b|Referenced Observation UID (Trial)
0040A192|DA|X|FK MC|2024b|Observation Date (Trial)
0040A193|TM|X|FK MC|2024b|Observation Time (Trial)
0040A307|PN|X||2024b|Current Observer (Trial)
0040A352|PN|X||2024b|Verbal Source (Trial)
0040A353|ST|X||2024b|Address (Trial)
0040A354|LO|X||2024b|Telephone Number (Trial)
0040A358|SQ|X||2024b|Verbal Source Identifier Code Sequence (Trial)
0040A402|UI|U|UK|2024b|Observation Subject UID (Trial)
0040A730|SQ|D|SC|2024b|Content Sequence
0040B020|SQ|X/D||2026c|Waveform Annotation Sequence
0040B034||X|FK MC|2025b|
0040B036||X|FK MC|2025b|
0040B03B||X|TC|2025b|
0040B03F||X|TC|2025b|
0040DB06|DT|X|FK MC|2024b|Template Version
0040DB07|DT|X|FK MC|2024b|Template Local Version
0040DB0C|UI|U|UK|2024b|Template Extension Organization UID
0040DB0D|UI|U|UK|2024b|Template Extension Creator UID
0040E004|DT|X|FK MC|2024b|HL7 Document Effective Time
0040E012||X||2026c|
00420011|OB|D||2024b|Encapsulated Document
00440004|DT|X|FK MC|2024b|Approval Status DateTime
0044000B|DT|X|FK MC|2024b|Product Expiration DateTime
00440010|DT|X|FK MC|2024b|Substance Administration DateTime
00440104|DT|D|FK MC|2024b|Assertion DateTime
00440105|DT|X|FK MC|2024b|Assertion Expiration DateTime
0050001B|LO|X||2024b|Container Component ID
00500020|LO|X|VK|2024b|Device Description
00500021|ST|X|TC|2024b|Long Device Description
00620021|UI|U|UK|2024b|Tracking UID
00640003|UI|U|UK|2024b|Source Frame of Reference UID
00686226|DT|D|FK MC|2024b|Effective DateTime
00686270|DT|D|FK MC|2024b|Information Issue DateTime
006A0003|UI|D|UK|2024b|Annotation Group UID
006A0005|LO|D|TC|2024b|Annotation Group Label
006A0006|UT|X|TC|2024b|Annotation Group Description
00700001|SQ|D|GC|2024b|Graphic Annotation Sequence
00700006|ST|D||2026c|Unformatted Text Value
00700082|DA|X|FK MC|2024b|Presentation Creation Date
00700083|TM|X|FK MC|2024b|Presentation Creation Time
00700084|PN|Z/D||2024b|Content Creator's Name
00700086|SQ|X||2024b|Content Creator's Identification Code Sequence
0070031A|UI|U|UK|2024b|Fiducial UID
00701101|UI|U|UK|2024b|Presentation Display Collection UID
00701102|UI|U|UK|2024b|Presentation Sequence Collection UID
0072000A|DT|D|FK MC|2024b|Hanging Protocol Creation DateTime
0072005E|AE|D|VC|2024b|Selector AE Value
0072005F|AS|D|HK|2024b|Selector AS Value
00720061|DA|D|FK MC|2024b|Selector DA Value
00720063|DT|D|FK MC|2024b|Selector DT Value
00720065|OB|D||2024b|Selector OB Value
00720066|LO|D|TC|2024b|Selector LO Value
00720068|LT|D|TC|2024b|Selector LT Value
0072006A|PN|D||2024b|Selector PN Value
0072006B|TM|D|FK MC|2024b|Selector TM Value
0072006C|SH|D|TC|2024b|Selector SH Value
0072006D|UN|D||2024b|Selector UN Value
0072006E|ST|D|TC|2024b|Selector ST Value
00720070|UT|D|TC|2024b|Selector UT Value
00720071|UR|D||2024b|Selector UR Value
00741234|AE|X|VC|2024b|Receiving AE
00741236|AE|X|VC|2024b|Requesting AE
00880140|UI|U|UK|2024b|Storage Media File-set UID
00880200|SQ|X||2024b|Icon Image Sequence
00880904|LO|X||2024b|Topic Title
00880906|ST|X||2024b|Topic Subject
00880910|LO|X||2024b|Topic Author
00880912|LO|X||2024b|Topic Keywords
01000420|DT|X|FK MC|2024b|SOP Authorization DateTime
04000100|UI|U||2024b|Digital Signature UID
04000105|DT|D|FK MC|2024b|Digital Signature DateTime
04000115|OB|D||2024b|Certificate of Signer
04000310|OB|X|FK MC|2024b|Certified Timestamp
04000402|SQ|X||2024b|Referenced Digital Signature Sequence
04000403|SQ|X||2024b|Referenced SOP Instance MAC Sequence
04000404|OB|X||2024b|MAC
04000550|SQ|X||2024b|Modified Attributes Sequence
04000551|SQ|X||2024b|Nonconforming Modified Attributes Sequence
04000552|OB|X||2024b|Nonconforming Data Element Value
04000561|SQ|X||2024b|Original Attributes Sequence
04000562|DT|D|FK MC|2024b|Attribute Modification DateTime
04000563|LO|D|VK|2024b|Modifying System
04000564|LO|Z|IK|2024b|Source of Previous Values
04000565|CS|D|TC|2024b|Reason for the Attribute Modification
04000600|CS|X||2024b|Instance Origin Status
20300020|LO|X||2024b|Text String
21000040|DA|X|FK MC|2024b|Creation Date
21000050|TM|X|FK MC|2024b|Creation Time
21000070|AE|X|VC|2024b|Originator
21000140|AE|D|VC|2024b|Destination AE
22000002|UT|X/Z|TC|2024b|Label Text
22000005|LT|X/Z||2024b|Barcode Value
30020121|LO|X|TC|2024b|Position Acquisition Template Name
30020123|LT|X|TC|2024b|Position Acquisition Template Description
30060002|SH|D|TC|2024b|Structure Set Label
30060004|LO|X|TC|2024b|Structure Set Name
30060006|ST|X|TC|2024b|Structure Set Description
30060008|DA|Z|FK MC|2024b|Structure Set Date
30060009|TM|Z|FK MC|2024b|Structure Set Time
30060024|UI|U|UK|2024b|Referenced Frame of Reference UID
30060026|LO|Z|TC|2024b|ROI Name
30060028|ST|X|TC|2024b|ROI Description
3006002D|DT|X|FK MC|2024b|ROI DateTime
3006002E|DT|X|FK MC|2024b|ROI Observation DateTime
30060038|LO|X|TC|2024b|ROI Generation Description
3006004D|SQ|X||2024b|ROI Creator Sequence
3006004E|SQ|X||2024b|ROI Interpreter Sequence
30060085|SH|X|TC|2024b|ROI Observation Label
30060088|ST|X|TC|2024b|ROI Observation Description
300600A6|PN|Z||2024b|ROI Interpreter
300600C2|UI|U|UK|2024b|Related Frame of Reference UID
30080024|DA|D|FK MC|2024b|Treatment Control Point Date
30080025|TM|D|FK MC|2024b|Treatment Control Point Time
30080054|DA|X/D|FK MC|2024b|First Treatment Date
30080056|DA|X/D|FK MC|2024b|Most Recent Treatment Date
30080105|LO|X/Z|VK|2024b|Source Serial Number
30080162|DA|D|FK MC|2024b|Safe Position Exit Date
30080164|TM|D|FK MC|2024b|Safe Position Exit Time
30080166|DA|D|FK MC|2024b|Safe Position Return Date
30080168|TM|D|FK MC|2024b|Safe Position Return Time
30080250|DA|X/D|FK MC|2024b|Treatment Date
30080251|TM|X/D|FK MC|2024b|Treatment Time
300A0002|SH|D|TC|2024b|RT Plan Label
300A0003|LO|X|TC|2024b|RT Plan Name
300A0004|ST|X|TC|2024b|RT Plan Description
300A0006|DA|X/D|FK MC|2024b|RT Plan Date
300A0007|TM|X/D|FK MC|2024b|RT Plan Time
300A000B|LO|X|TC|2024b|Treatment Sites
300A000E|ST|X|TC|2024b|Prescription Description
300A0013|UI|U|UK|2024b|Dose Reference UID
300A0016|LO|X|TC|2024b|Dose Reference Description
300A0054|UI|U|UK|2025b|Table Top Position Alignment UID
300A0072|LO|X|TC|2024b|Fraction Group Description
300A0083|UI|U|UK|2024b|Referenced Dose Reference UID
300A00B2|SH|X/Z|VK|2024b|Treatment Machine Name
300A00C3|ST|X|TC|2024b|Beam Description
300A00DD|ST|X|TC|2024b|Bolus Description
300A0196|ST|X|TC|2024b|Fixation Device Description
300A01A6|ST|X|TC|2024b|Shielding Device Description
300A01B2|ST|X|TC|2024b|Setup Technique Description
300A0216|LO|X|VK|2024b|Source Manufacturer
300A022C|DA|D|FK MC|2024b|Source Strength Reference Date
300A022E|TM|D|FK MC|2024b|Source Strength Reference Time
300A02EB|LT|X|TC|2024b|Compensator Description
300A0608|LO|D|TC|2024b|Treatment Position Group Label
300A0609|UI|U|UK|2024b|Treatment Position Group UID
300A0611|LO|Z||2024b|RT Accessory Holder Slot ID
300A0615|LO|Z||2024b|RT Accessory Device Slot ID
300A0619|LO|D|TC|2024b|Radiation Dose Identification Label
300A0623|LO|D|TC|2024b|Radiation Dose In-Vivo Measurement Label
300A062A|LO|D|TC|2024b|RT Tolerance Set Label
300A0650|UI|U|UK|2024b|Patient Setup UID
300A0676|ST|X|TC|2024b|Equipment Frame of Reference Description
300A067C|SH|D|TC|2024b|Radiation GenerationMode Label
300A067D|ST|Z|TC|2024b|Radiation GenerationMode Description
300A0700|UI|U|UK|2024b|Treatment Session UID
300A0734|ST|D|TC|2024b|Treatment Tolerance Violation Description
300A0736|DT|D|FK MC|2024b|Treatment Tolerance Violation DateTime
300A073A|DT|D|FK MC|2024b|Recorded RT Control Point DateTime
300A0741|DT|D|FK MC|2024b|Interlock DateTime
300A0742|ST|D|TC|2024b|Interlock Description
300A0760|DT|D|FK MC|2024b|Override DateTime
300A0783|ST|D|TC|2024b|Interlock Origin Description
300A0785|UI|U|UK|2024b|Referenced Treatment Position Group UID
300A078E|LT|X|TC|2024b|Patient Treatment Preparation Procedure Parameter Description
300A0792|LT|X|TC|2024b|Patient Treatment Preparation Method Description
300A0794|LT|X|TC|2024b|Patient Setup Photo Description
300A079A|LO|X|TC|2024b|Displacement Reference Label
300C0113|LO|X|TC|2024b|Reason for Omission Description
300C0127|DT|D|VK FK MC|2024b|Beam Hold Transition DateTime
300E0004|DA|Z|FK MC|2024b|Review Date
300E0005|TM|Z|FK MC|2024b|Review Time
300E0008|PN|X/Z||2024b|Reviewer Name
30100006|UI|U|UK|2024b|Conceptual Volume UID
3010000B|UI|U|UK|2024b|Referenced Conceptual Volume UID
3010000F|ST|Z|TC|2024b|Conceptual Volume Combination Description
30100013|UI|U|UK|2024b|Constituent Conceptual Volume UID
30100015|UI|U|UK|2024b|Source Conceptual Volume UID
30100017|ST|Z|TC|2024b|Conceptual Volume Description
3010001B|UC|Z||2024b|Device Alternate Identifier
3010002D|LO|D|VK|2024b|Device Label
30100031|UI|U|UK|2024b|Referenced Fiducials UID
30100033|SH|D|TC|2024b|User Content Label
30100034|LO|D|TC|2024b|User Content Long Label
30100035|SH|D|TC|2024b|Entity Label
30100036|LO|X|TC|2024b|Entity Name
30100037|ST|X|TC|2024b|Entity Description
30100038|LO|D|TC|2024b|Entity Long Label
3010003B|UI|U|UK|2024b|RT Treatment Phase UID
30100043|ST|Z|VK|2024b|Manufacturer's Device Identifier
3010004C|DA|X/D|FK MC|2024b|Intended Phase Start Date
3010004D|DA|X/D|FK MC|2024b|Intended Phase End Date
30100054|LO|D|TC|2024b|RT Prescription Label
30100056|LO|X/D|TC|2024b|RT Treatment Approach Label
3010005A|UT|Z|TC|2024b|RT Physician Intent Narrative
3010005C|ST|Z|TC|2024b|Reason for Superseding
30100061|UT|X|TC|2024b|Prior Treatment Dose Description
3010006E|UI|U|UK|2024b|Dosimetric Objective UID
3010006F|UI|U|UK|2024b|Referenced Dosimetric Objective UID
30100077|LO|X/D|TC|2024b|Treatment Site
3010007A|UT|Z|TC|2024b|Treatment Technique Notes
3010007B|UT|Z|TC|2024b|Prescription Notes
3010007F|UT|Z|TC|2024b|Fractionation Notes
30100081|SQ|Z|TC|2024b|Prescription Notes Sequence
30100085|TM|X|FK MC|2024b|Intended Fraction Start Time
40000010|LT|X||2024b|Arbitrary
40004000|LT|X||2024b|Text Comments
40080040|SH|X||2024b|Results ID
40080042|LO|X||2024b|Results ID Issuer
40080100|DA|X|FK MC|2024b|Interpretation Recorded Date
40080101|TM|X|FK MC|2024b|Interpretation Recorded Time
40080102|PN|X||2024b|Interpretation Recorder
40080108|DA|X|FK MC|2024b|Interpretation Transcription Date
40080109|TM|X|FK MC|2024b|Interpretation Transcription Time
4008010A|PN|X||2024b|Interpretation Transcriber
4008010B|ST|X|TC|2024b|Interpretation Text
4008010C|PN|X||2024b|Interpretation Author
40080111|SQ|X||2024b|Interpretation Approver Sequence
40080112|DA|X|FK MC|2024b|Interpretation Approval Date
40080113|TM|X|FK MC|2024b|Interpretation Approval Time
40080114|PN|X||2024b|Physician Approving Interpretation
40080115|LT|X|TC|2024b|Interpretation Diagnosis Description
40080118|SQ|X||2024b|Results Distribution List Sequence
40080119|PN|X||2024b|Distribution Name
4008011A|LO|X||2024b|Distribution Address
40080200|SH|X||2024b|Interpretation ID
40080202|LO|X||2024b|Interpretation ID Issuer
40080300|ST|X|TC|2024b|Impressions
40084000|ST|X|TC|2024b|Results Comments
50xxxxxx||X|GC|2024b|Curve Data
60xx3000|OB/OW|X|GC|2024b|Overlay Data
60xx4000|LT|X|GC|2024b|Overlay Comments
FFFAFFFA|SQ|X||2024b|Digital Signatures Sequence
FFFCFFFC|OB|X||2024b|Data Set Trailing Padding
private||X|PC|2024b|Private Attributes
`;
