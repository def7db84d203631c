import torch
import torch.nn.functional as F
from torch import nn


class CausalSelfAttention(nn.Module):
    """Maps (N, 32, 64) to (N, 32, 64)."""

    def __init__(self, n_embd):
        super().__init__()
        self.query = nn.Linear(n_embd, n_embd)
        self.key = nn.Linear(n_embd, n_embd)
        self.value = nn.Linear(n_embd, n_embd)
        self.proj = nn.Linear(n_embd, n_embd)

    def forward(self, x):
        out = self.query(x)
        out = out.unflatten(2, (4, -1))
        out = out.transpose(1, 2)
        key = self.key(x)
        key = key.unflatten(2, (4, -1))
        key = key.transpose(1, 2)
        value = self.value(x)
        value = value.unflatten(2, (4, -1))
        value = value.transpose(1, 2)
        out = F.scaled_dot_product_attention(out, key, value, is_causal=True)
        out = out.transpose(1, 2)
        out = torch.flatten(out, 2)
        out = self.proj(out)
        return out


class Block(nn.Module):
    """Maps (N, 32, 64) to (N, 32, 64)."""

    def __init__(self, n_embd, hidden):
        super().__init__()
        self.ln_1 = nn.LayerNorm(n_embd)
        self.attn = CausalSelfAttention(n_embd)
        self.ln_2 = nn.LayerNorm(n_embd)
        self.mlp = nn.Sequential(
            nn.Linear(n_embd, hidden),
            nn.GELU(),
            nn.Linear(hidden, n_embd),
            nn.Dropout(0.1),
        )

    def forward(self, x):
        out = self.ln_1(x)
        out = self.attn(out)
        add_1 = x + out
        out = self.ln_2(add_1)
        out = self.mlp(out)
        out = add_1 + out
        return out


class CharGPT(nn.Module):
    """Maps (N, 32) to (N, 65, 32)."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(65, 64)
        self.positions = nn.Parameter(torch.randn(32, 64) * 0.02)
        self.dropout = nn.Dropout(0.1)
        self.blocks = nn.Sequential(*(Block(64, 256) for _ in range(4)))
        self.ln_f = nn.LayerNorm(64)
        self.head = nn.Linear(64, 65, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, x):
        x = self.embedding(x)
        x = x + self.positions
        x = self.dropout(x)
        x = self.blocks(x)
        x = self.ln_f(x)
        x = x * 0.125
        x = self.head(x)
        x = x.transpose(1, 2)
        return x
