export function pageAssets(): Promise<Record<string, string>>;
