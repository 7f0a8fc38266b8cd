"""Tiny real encoders with random weights, in the shapes of released ones.

xlm_roberta    a plain transformers folder, as XLM-R is released: no modules.json
labse          BERT, its first token, a dense layer, unit length, as LaBSE is
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaModel

if TYPE_CHECKING:
    from pathlib import Path

WORDS = ("the river is long", "der Fluss ist lang", "where is it")
WIDTH, DIMENSIONS = 16, 12
XLMR_POSITIONS, XLMR_TOKENS = 34, 32
SIZES = {"hidden_size": WIDTH, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24}


def tokenizer(first: str, last: str, pad: str, unknown: str) -> PreTrainedTokenizerFast:
    """Return a tokenizer of bytes and some merges of them, `pad` with the number that XLM-R gives it."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    special = [first, pad, last, unknown]
    made.train_from_iterator(
        WORDS,
        trainers.BpeTrainer(vocab_size=280, special_tokens=special, initial_alphabet=alphabet, show_progress=False),
    )
    around = [(token, made.token_to_id(token)) for token in (first, last)]
    made.post_processor = processors.TemplateProcessing(single=f"{first} $A {last}", special_tokens=around)
    return PreTrainedTokenizerFast(
        tokenizer_object=made, cls_token=first, sep_token=last, pad_token=pad, unk_token=unknown
    )


def xlm_roberta(folder: Path) -> Path:
    """Write a tiny XLM-R with more positions than tokens, as the real one has."""
    torch.manual_seed(1)
    cuts = tokenizer("<s>", "</s>", "<pad>", "<unk>")
    shape = XLMRobertaConfig(
        vocab_size=len(cuts), max_position_embeddings=XLMR_POSITIONS, pad_token_id=cuts.pad_token_id, **SIZES
    )
    XLMRobertaModel(shape, add_pooling_layer=False).save_pretrained(folder)
    cuts.save_pretrained(folder)
    return folder


def labse(folder: Path) -> Path:
    """Write a tiny BERT with a pooled first token, a dense layer and unit vectors, with prompts of its own."""
    torch.manual_seed(2)
    cuts = tokenizer("[CLS]", "[SEP]", "[PAD]", "[UNK]")
    bert = folder.with_name(f"{folder.name}-bert")
    BertModel(BertConfig(vocab_size=len(cuts), max_position_embeddings=64, **SIZES)).save_pretrained(bert)
    cuts.save_pretrained(bert)
    encoder = SentenceTransformer(
        modules=[
            Transformer(str(bert), max_seq_length=24),
            Pooling(WIDTH, "cls"),
            Dense(WIDTH, DIMENSIONS),
            Normalize(),
        ],
        prompts={"query": "ask: ", "passage": "say: "},
        device="cpu",
    )
    encoder.save(str(folder), create_model_card=False)
    return folder
