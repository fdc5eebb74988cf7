"""Corpus cleaning, vocabulary, training, fine-tuning and export of Marian models."""
