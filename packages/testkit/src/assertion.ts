/** What a failed check throws: an error that test runners show as a failed assertion. */
export function refuse(message: string): never {
  const error = new Error(message);
  error.name = 'AssertionError';
  throw error;
}
