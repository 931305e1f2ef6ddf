-- The ledger writes again and again over lines whose keys never change: with room on their pages no index is touched.
ALTER TABLE "lamp" SET (fillfactor = 50);
