from torch import nn


class LSTMClassifier(nn.Module):
    """Maps (N, 40) to (N, 4)."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(1000, 64)
        self.lstm = nn.LSTM(
            64, 64, num_layers=2, batch_first=True, dropout=0.2, bidirectional=True
        )
        self.dropout = nn.Dropout(0.3)
        self.fc = nn.Linear(128, 4)

    def forward(self, x):
        x = self.embedding(x)
        x, _ = self.lstm(x)
        pool = x.mean(1)
        x = self.dropout(pool)
        x = self.fc(x)
        return x
