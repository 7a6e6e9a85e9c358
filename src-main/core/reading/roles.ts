/**
 * Everybody reads and signs; an admin also makes users and exports the audit chain. An adjudicator is told apart already, for
 * double reading, which is not built yet: until then they may do what a reader may.
 */
export const userRoles = ['reader', 'adjudicator', 'admin'] as const;
export type UserRole = (typeof userRoles)[number];
