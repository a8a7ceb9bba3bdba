"""The folder of packs: what is in it, who may write to it, and how a pack comes and goes."""
