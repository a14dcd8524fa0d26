const value: Record<string, unknown> = { where: import.meta.url.slice(-9) };
export default value satisfies object;
