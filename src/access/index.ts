export { authorise, authoriseRead, scopesOf } from './authorise.ts';
export { type PermissionName, permissions, type Role, roles } from './permissions.ts';
export { authenticate } from './sessions.ts';
export { system } from './system.ts';
