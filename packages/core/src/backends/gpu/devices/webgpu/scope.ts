/** Errors come from the device when what failed is long over; scopes tell which call it was. */

/** Gives the message of an error that a scope caught; a device that is lost tells so elsewhere. */
export async function whenCaught(scope: Promise<GPUError | null>, use: (message: string) => void): Promise<void> {
  const error = await scope.catch(() => null);
  if (error) use(error.message.trim());
}
