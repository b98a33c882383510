"""Fits a network to a table: the pretrained one as it is, fine-tuned, or trained from scratch."""
