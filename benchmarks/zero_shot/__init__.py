"""Zero-shot accuracy and speed of the pretrained network: GIFT-Eval tasks and other tables."""
