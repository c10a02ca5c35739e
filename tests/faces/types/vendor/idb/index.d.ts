// idb without the types of each store: what a store holds is stated where it is read.
export const openDB: (name: string, version?: number, callbacks?: Record<string, any>) => Promise<any>;
export const deleteDB: (name: string, callbacks?: Record<string, any>) => Promise<void>;
export const unwrap: (value: any) => any;
export const wrap: (value: any) => any;
