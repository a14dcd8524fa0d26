export default "def"; export let x = 1; export function inc(){ x++ }
