/** The two IPC channels: requests to main, events from main. Apart from the schemas, so that preload stays tiny. */
export const invokeChannel = 'regio:invoke';
export const eventChannel = 'regio:event';
