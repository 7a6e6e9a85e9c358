/** Command -> its keys, where the user changed them: `settings.keys`, held here so that commands need no settings. */
class UserKeys {
  current = $state.raw<Readonly<Record<string, readonly string[]>>>({});
}
export const userKeys = new UserKeys();
