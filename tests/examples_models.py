"""The examples that show well-known networks, drawn the way a practitioner would.

Each is the text of a drawing (see `tests.drawings.draw`) and its training settings. `python -m tests.make_examples`
makes the files in `examples/` of them.
"""

from __future__ import annotations

from tests.examples_pictures import DCGAN_DISCRIMINATOR, DCGAN_GENERATOR, MOBILENET_V2, RESNET_18, UNET, VGG_11

_GPT = """
    network CausalSelfAttention n_embd=64!
        input Input shape=32,64
        query Linear out_features=$n_embd
        query_heads Unflatten dim=2 unflattened_size=4,-1 written=function
        q Transpose dim0=1 dim1=2
        key Linear out_features=$n_embd
        key_heads Unflatten dim=2 unflattened_size=4,-1 written=function
        k Transpose dim0=1 dim1=2
        value Linear out_features=$n_embd
        value_heads Unflatten dim=2 unflattened_size=4,-1 written=function
        v Transpose dim0=1 dim1=2
        attention ScaledDotProductAttention is_causal=True
        together Transpose dim0=1 dim1=2
        join Flatten start_dim=2 written=function
        proj Linear out_features=$n_embd
        output Output
        input > query > query_heads > q > attention
        input > key > key_heads > k > attention.key
        input > value > value_heads > v > attention.value
        attention > together > join > proj > output

    network MLP n_embd=64! hidden=256! sequential
        input Input shape=32,64
        fc Linear out_features=$hidden
        gelu GELU
        proj Linear out_features=$n_embd
        dropout Dropout p=0.1
        output Output
        input > fc > gelu > proj > dropout > output

    network Block n_embd=64! hidden=256!
        x Input shape=32,64
        ln_1 LayerNorm
        attn Network of=CausalSelfAttention n_embd=$n_embd
        add_1 Add
        ln_2 LayerNorm
        mlp Network of=MLP n_embd=$n_embd hidden=$hidden
        add_2 Add
        output Output
        x > add_1
        x > ln_1 > attn > add_1.input2
        add_1 > add_2
        add_1 > ln_2 > mlp > add_2.input2
        add_2 > output

    main CharGPT
        random RandomTensors input=indices indices=65 input_shape=32 target=sequence target_shape=32 classes=65
        embedding Embedding num_embeddings=65 embedding_dim=64
        positions Parameter shape=32,64 std=0.02
        add Add
        dropout Dropout p=0.1
        blocks Repeat of=Block n_embd=64 hidden=256 repeats=4
        ln_f LayerNorm
        scale Scale factor=0.125
        head Linear out_features=65 bias=False layer=embedding
        scores Transpose dim0=1 dim1=2
        loss CrossEntropyLoss
        random.x > embedding > add > dropout > blocks > ln_f > scale > head > scores > loss
        positions > add.input2
        random.y > loss.target
"""

_LSTM = """
    main LSTMClassifier
        random RandomTensors input=indices indices=1000 input_shape=40 target=classes classes=4 samples=128
        embedding Embedding num_embeddings=1000 embedding_dim=64
        lstm LSTM hidden_size=64 num_layers=2 dropout=0.2 bidirectional=True
        pool Mean dim=1
        dropout Dropout p=0.3
        fc Linear out_features=4
        loss CrossEntropyLoss
        random.x > embedding > lstm > pool > dropout > fc > loss
        random.y > loss.target
"""

_AUTOENCODER = """
    network Encoder sequential
        input Input shape=1,8,8
        flatten Flatten
        fc1 Linear out_features=32
        relu1 ReLU
        fc2 Linear out_features=8
        output Output
        input > flatten > fc1 > relu1 > fc2 > output

    network Decoder sequential
        input Input shape=8
        fc1 Linear out_features=32
        relu1 ReLU
        fc2 Linear out_features=64
        tanh Tanh
        unflatten Unflatten dim=1 unflattened_size=1,8,8
        output Output
        input > fc1 > relu1 > fc2 > tanh > unflatten > output

    main Autoencoder
        digits Digits
        encoder Network of=Encoder
        decoder Network of=Decoder
        loss MSELoss
        digits.image > encoder > decoder > loss
        digits.image > loss.target
"""

_VAE = """
    network Hidden sequential
        input Input shape=1,8,8
        flatten Flatten
        fc Linear out_features=64
        relu ReLU
        output Output
        input > flatten > fc > relu > output

    network Encoder
        input Input shape=1,8,8
        hidden Network of=Hidden
        to_mean Linear out_features=4
        to_log_var Linear out_features=4
        mean Output
        log_var Output
        input > hidden > to_mean > mean
        hidden > to_log_var > log_var

    network Decoder sequential
        input Input shape=4
        fc1 Linear out_features=64
        relu ReLU
        fc2 Linear out_features=64
        tanh Tanh
        unflatten Unflatten dim=1 unflattened_size=1,8,8
        output Output
        input > fc1 > relu > fc2 > tanh > unflatten > output

    main VAE
        digits Digits
        encoder Network of=Encoder
        scale Scale factor=0.5
        std Exp
        noise RandnLike
        multiply Multiply
        z Add
        decoder Network of=Decoder
        reconstruction MSELoss
        mean_squared Square
        var Exp
        add Add
        subtract Subtract
        shift Shift offset=-1
        sum Sum dim=1
        kl Scale factor=0.5
        kl_loss Loss weight=0.01
        digits.image > encoder
        encoder.log_var > scale > std > multiply
        std > noise > multiply.input2
        encoder.mean > z
        multiply > z.input2
        z > decoder > reconstruction
        digits.image > reconstruction.target
        encoder.mean > mean_squared > add
        encoder.log_var > var > add.input2
        add > subtract
        encoder.log_var > subtract.other
        subtract > shift > sum > kl > kl_loss
"""

_SIAMESE = """
    network Branch sequential
        input Input shape=1,28,28
        conv1 Conv2d out_channels=8 kernel_size=5
        relu1 ReLU
        pool1 MaxPool2d kernel_size=2
        conv2 Conv2d out_channels=16 kernel_size=5
        relu2 ReLU
        pool2 MaxPool2d kernel_size=2
        flatten Flatten
        fc Linear out_features=32
        sigmoid Sigmoid
        output Output
        input > conv1 > relu1 > pool1 > conv2 > relu2 > pool2 > flatten > fc > sigmoid > output

    main Siamese
        first RandomTensors input_shape=1,28,28 target=classes classes=2
        second RandomTensors input_shape=1,28,28 seed=1
        branch Network of=Branch
        branch_2 Network of=Branch layer=branch
        difference Subtract
        distance Abs
        fc Linear out_features=1
        same Squeeze
        target ToFloat
        loss BCEWithLogitsLoss
        first.x > branch > difference
        second.x > branch_2 > difference.other
        difference > distance > fc > same > loss
        first.y > target > loss.target
"""

_MULTI_TASK = """
    network Trunk sequential
        input Input shape=1,8,8
        conv Conv2d out_channels=16 kernel_size=3 padding=1
        relu1 ReLU
        pool MaxPool2d kernel_size=2
        flatten Flatten
        fc Linear out_features=64
        relu2 ReLU
        output Output
        input > conv > relu1 > pool > flatten > fc > relu2 > output

    network Picture sequential
        input Input shape=64
        fc Linear out_features=64
        tanh Tanh
        unflatten Unflatten dim=1 unflattened_size=1,8,8
        output Output
        input > fc > tanh > unflatten > output

    main MultiTaskNet
        digits Digits
        trunk Network of=Trunk
        digit Linear out_features=10
        picture Network of=Picture
        digit_loss CrossEntropyLoss
        picture_loss MSELoss weight=0.5
        accuracy Accuracy
        digits.image > trunk > digit > digit_loss
        trunk > picture > picture_loss
        digits.label > digit_loss.target
        digits.image > picture_loss.target
        digit > accuracy
        digits.label > accuracy.target
"""

MODELS: dict[str, tuple[str, dict[str, object]]] = {
    "resnet18": (
        RESNET_18,
        {"optimizer": "SGD", "learning_rate": 0.1, "optimizer_params": {"momentum": 0.9}, "batch_size": 4},
    ),
    "unet": (UNET, {"batch_size": 8}),
    "vgg11": (
        VGG_11,
        {"optimizer": "SGD", "learning_rate": 0.01, "optimizer_params": {"momentum": 0.9}, "batch_size": 4},
    ),
    "mobilenet_v2": (MOBILENET_V2, {"batch_size": 16}),
    "char_gpt": (_GPT, {"optimizer": "AdamW", "optimizer_params": {"weight_decay": 0.1}, "batch_size": 32}),
    "lstm_classifier": (_LSTM, {"batch_size": 32}),
    "autoencoder": (_AUTOENCODER, {}),
    "vae": (_VAE, {}),
    "siamese": (_SIAMESE, {"batch_size": 32}),
    "multi_task": (_MULTI_TASK, {}),
    "dcgan_generator": (DCGAN_GENERATOR, {}),
    "dcgan_discriminator": (DCGAN_DISCRIMINATOR, {"learning_rate": 2e-4}),
}
