/** Shows an operator something once: as a process warning where there is a process, else on the console. */
export function warn(message: string): void {
  const host = globalThis.process
  if (typeof host?.emitWarning === 'function') host.emitWarning(message, 'CoatcheckWarning')
  else console.warn(`CoatcheckWarning: ${message}`)
}
