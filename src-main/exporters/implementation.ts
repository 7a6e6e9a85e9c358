/** Implementation Class UID and Version Name of what Regio writes (PS3.7 D.3.3.2); derived once from a UUID. */
export const implementation = {
  classUid: '2.25.208337219871436921573064861320472309771',
  versionName: 'REGIO',
} as const;
